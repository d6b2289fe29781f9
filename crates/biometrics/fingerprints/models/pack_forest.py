"""Packs the node arrays of NFIQ 2.3's forest into the file that README.md describes.

Usage: python3 pack_forest.py nfiq2_rf.npz nfiq2_random_forest.bin   (needs numpy)
"""

import hashlib, struct, sys
import numpy
source, target = sys.argv[1:]
model = numpy.load(source)
feature, value = model["var"], model["value"]
split = feature >= 0
tags = numpy.where(split, feature, 254 + value).astype("u1")
body = struct.pack("<8sHI", b"NFIQ2RF1", int(model["ntrees"]), len(tags)) + tags.tobytes() + model["thr"][split].astype("<f4").tobytes()
open(target, "wb").write(body)
print(hashlib.sha256(body).hexdigest(), len(body))
