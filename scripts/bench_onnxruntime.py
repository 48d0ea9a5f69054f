#!/usr/bin/env python3
"""Images per second of ONNX Runtime on an int8 model, one thread, processor time: the peer of `make
bench`.

Usage: bench_onnxruntime.py MODEL [SECONDS]. Random images: the time does not depend on their
content.
"""
import sys
import time

import numpy as np
import onnxruntime as ort


def main():
    path = sys.argv[1]
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 4.0
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    inputs = session.get_inputs()[0]
    shape = [d if isinstance(d, int) else 1 for d in inputs.shape]
    kind = {"tensor(float)": np.float32, "tensor(uint8)": np.uint8, "tensor(int8)": np.int8}[
        inputs.type
    ]
    for batch in (1, 32):
        image = np.random.default_rng(1).integers(0, 2, [batch] + shape[1:]).astype(kind)
        feed = {inputs.name: image}
        best = 0.0
        for _ in range(5):  # the first repetition warms up
            start, done = time.process_time(), 0
            while time.process_time() - start < seconds / 4:
                session.run(None, feed)
                done += batch
            best = max(best, done / (time.process_time() - start))
        print(f"ONNX Runtime {ort.__version__}, batch {batch:<3}  {best:>8.0f} images/s")


if __name__ == "__main__":
    main()
