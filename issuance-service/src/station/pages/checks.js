// The measures of a portrait as an operator sees them: nine lights, each the worst of its measures. The figures are behind them.

const M = (vi, en, group) => ({ vi, en, group });

const GROUPS = {
  number: { vi: "Một khuôn mặt", en: "One face" },
  distance: { vi: "Khoảng cách", en: "Distance" },
  centre: { vi: "Vị trí trong khung", en: "Place in the picture" },
  pose: { vi: "Nhìn thẳng", en: "Facing the camera" },
  eyes: { vi: "Mắt mở", en: "Eyes open" },
  mouth: { vi: "Miệng khép, nét mặt tự nhiên", en: "Mouth closed, neutral face" },
  light: { vi: "Ánh sáng trên mặt", en: "Light on the face" },
  background: { vi: "Phông nền", en: "Background" },
  picture: { vi: "Độ nét và chất lượng ảnh", en: "Focus and image quality" },
};

/** By the names of ISO 29794-5 and our own. */
const MEASURES = {
  SingleFacePresent: M("Số khuôn mặt", "Single face", "number"),
  InterEyeDistance: M("Khoảng cách hai mắt (điểm ảnh)", "Eye to eye (pixels)", "distance"),
  HeadSize: M("Cỡ đầu trong ảnh", "Head size", "distance"),
  PortraitHeadWidth: M("Bề rộng đầu", "Head width", "distance"),
  PortraitHeadLength: M("Chiều cao đầu", "Head length", "distance"),
  LeftwardCropOfTheFaceImage: M("Lề trái của ảnh", "Room at the picture's left", "centre"),
  RightwardCropOfTheFaceImage: M("Lề phải của ảnh", "Room at the picture's right", "centre"),
  MarginAboveOfTheFaceImage: M("Lề trên", "Room above", "centre"),
  MarginBelowOfTheFaceImage: M("Lề dưới", "Room below", "centre"),
  PortraitCentreAcross: M("Tâm mặt theo chiều ngang", "Centre across", "centre"),
  PortraitCentreDown: M("Tâm mặt theo chiều dọc", "Centre down", "centre"),
  PortraitRoom: M("Chỗ thiếu quanh chân dung (điểm ảnh)", "Missing around the portrait (pixels)", "centre"),
  HeadPoseYaw: M("Quay ngang (độ)", "Turn (degrees)", "pose"),
  HeadPosePitch: M("Cúi ngửa (độ)", "Nod (degrees)", "pose"),
  HeadPoseRoll: M("Nghiêng đầu (độ)", "Lean (degrees)", "pose"),
  EyesOpen: M("Độ mở mắt", "Opening of the eyes", "eyes"),
  MouthClosed: M("Độ mở miệng", "Opening of the mouth", "mouth"),
  Smile: M("Cười", "Smile", "mouth"),
  IlluminationUniformity: M("Ánh sáng hai bên má", "Evenness of the light", "light"),
  LuminanceMean: M("Độ sáng trung bình", "Mean luminance", "light"),
  LuminanceVariance: M("Biến thiên độ sáng", "Variance of luminance", "light"),
  UnderExposurePrevention: M("Thiếu sáng", "Under-exposure", "light"),
  OverExposurePrevention: M("Thừa sáng", "Over-exposure", "light"),
  DynamicRange: M("Dải sáng (bit)", "Dynamic range (bits)", "light"),
  NaturalColour: M("Màu da tự nhiên", "Natural colour", "light"),
  EyeWhite: M("Độ sáng lòng trắng mắt", "White of the eyes", "light"),
  BackgroundUniformity: M("Phông đồng nhất", "Uniform background", "background"),
  BackgroundLightness: M("Phông sáng", "Light background", "background"),
  BackgroundPlainness: M("Phông trơn", "Plain background", "background"),
  FaceDetail: M("Độ nét khuôn mặt", "Detail of the face", "picture"),
  JpegQuality: M("Chất lượng nén JPEG", "JPEG quality", "picture"),
  Blockiness: M("Vết nén theo ô", "Blockiness", "picture"),
  PortraitAspect: M("Tỉ lệ khung ảnh", "Shape of the picture", "picture"),
};

const WEIGHT = { red: 3, amber: 2, green: 1, grey: 0 };

/** A measure's name as people say it. */
export const named = (check) => MEASURES[check.name] ?? check.name;

/** The lights of the groups that anything was measured of, in the order in which a capture goes. */
export function grouped(checks) {
  const lights = new Map();
  for (const check of checks) {
    const group = MEASURES[check.name]?.group ?? "picture";
    const known = lights.get(group) ?? "grey";
    lights.set(group, WEIGHT[check.light] > WEIGHT[known] ? check.light : known);
  }
  return Object.entries(GROUPS).filter(([id]) => lights.has(id)).map(([id, text]) => ({ id, text, light: lights.get(id) }));
}
