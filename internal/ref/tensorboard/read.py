"""Writes trainers/tensorboard/testdata/tensorboard.csv: what the tensorboard package
reads in the event file of that folder, which `go test ./trainers/tensorboard
-update` writes.

    pip install tensorboard
    python internal/ref/tensorboard/read.py trainers/tensorboard/testdata > trainers/tensorboard/testdata/tensorboard.csv

A row is the kind, the tag, the step, the time in seconds, and for a scalar its
value; for an image its height, width and the SHA-256 of the encoded bytes; for a
histogram min, max, count, sum, sum of squares, then the limits and the counts.
"data" are the same as the dashboards are given them, converted to tensors: of an
image width, height and hash, of a histogram a left edge, right edge and count for
each part.
"""
import csv
import hashlib
import sys

from tensorboard import data_compat, dataclass_compat
from tensorboard.backend.event_processing import event_accumulator, event_file_loader
from tensorboard.util import tensor_util

out = csv.writer(sys.stdout, lineterminator="\n")
everything = {k: 0 for k in event_accumulator.DEFAULT_SIZE_GUIDANCE}
a = event_accumulator.EventAccumulator(sys.argv[1], size_guidance=everything)
a.Reload()
tags = a.Tags()
paths = sorted(event_accumulator.io_wrapper.ListDirectoryAbsolute(sys.argv[1]))
path = [p for p in paths if event_accumulator.io_wrapper.IsSummaryEventsFile(p)][0]
sha = lambda b: hashlib.sha256(b).hexdigest()

# As the file has them.
for e in event_file_loader.LegacyEventFileLoader(path).Load():
    for v in e.summary.value:
        head = [v.WhichOneof("value"), v.tag, e.step, repr(e.wall_time)]
        if head[0] == "simple_value":
            out.writerow(head + [repr(v.simple_value)])
        elif head[0] == "image":
            i = v.image
            out.writerow(head + [i.height, i.width, i.colorspace, sha(i.encoded_image_string)])
        elif head[0] == "histo":
            h = v.histo
            numbers = [h.min, h.max, h.num, h.sum, h.sum_squares, *h.bucket_limit, *h.bucket]
            out.writerow(head + [repr(x) for x in numbers])
    if e.file_version:
        out.writerow(["version", e.file_version, e.step, repr(e.wall_time)])

# As the dashboards are given them.
initial = {}
for e in event_file_loader.LegacyEventFileLoader(path).Load():
    for e in dataclass_compat.migrate_event(data_compat.migrate_event(e), initial):
        for v in e.summary.value:
            t = tensor_util.make_ndarray(v.tensor)
            kind = v.metadata.plugin_data.plugin_name or v.tag
            if t.dtype == object:
                t = [x if i < 2 else sha(x) for i, x in enumerate(t)]
                t = [x.decode() if isinstance(x, bytes) else x for x in t]
            else:
                t = [repr(float(x)) for x in t.reshape(-1)]
            out.writerow(["data", v.tag, e.step, repr(e.wall_time), *t])
for kind in ("scalars", "images", "histograms", "tensors"):
    out.writerow(["tags", kind, *tags[kind]])
