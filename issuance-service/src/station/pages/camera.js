// The camera of this machine: opened, listed, one frame at a time as JPEG.

/** The most pixels across a frame that is sent: enough for every measure, little enough for a few frames a second. */
const MOST_ACROSS = 1280;
/** So good that the picture's own compression does not count against it. */
const JPEG_QUALITY = 0.95;

/** Why there is no picture: `none`, `refused`, `busy`. */
export class NoCamera extends Error {
  constructor(why) {
    super(why);
    this.why = why;
  }
}

const WHY = { NotAllowedError: "refused", SecurityError: "refused", NotReadableError: "busy", AbortError: "busy" };

export class Camera {
  #stream = null;
  #canvas = document.createElement("canvas");

  constructor(video, lost) {
    this.video = video;
    this.lost = lost;
  }

  /** Opens a camera, the chosen one or any. */
  async open(device) {
    this.close();
    if (!navigator.mediaDevices?.getUserMedia) throw new NoCamera("none");
    const size = { width: { ideal: 1920 }, height: { ideal: 1080 } };
    const video = device ? { deviceId: { exact: device }, ...size } : { facingMode: "user", ...size };
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
    } catch (error) {
      throw new NoCamera(WHY[error.name] ?? "none");
    }
    this.#stream.getVideoTracks().forEach((track) => track.addEventListener("ended", () => this.lost()));
    this.video.srcObject = this.#stream;
    await this.video.play().catch(() => null);
  }

  /** The cameras that may be chosen from. */
  async list() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((device) => device.kind === "videoinput" && device.deviceId);
  }

  get device() {
    return this.#stream?.getVideoTracks()[0]?.getSettings().deviceId;
  }

  get isOpen() {
    return this.#stream !== null && this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
  }

  /** The picture of this moment, not mirrored. */
  frame() {
    const { videoWidth: width, videoHeight: height } = this.video;
    const scale = Math.min(1, MOST_ACROSS / width);
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(height * scale);
    this.#canvas.getContext("2d", { willReadFrequently: true }).drawImage(this.video, 0, 0, this.#canvas.width, this.#canvas.height);
    return new Promise((resolve) => this.#canvas.toBlob(resolve, "image/jpeg", JPEG_QUALITY));
  }

  close() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.video.srcObject = null;
  }
}
