#!/usr/bin/env python3
"""Writes the layer tables models/workloads/*.csv from the published descriptions of the networks.

  make_workloads.py [--out models/workloads] [--check]
      --check: only compare with the files that are there

A row is a layer: what it reads, its filters, strides, padding and groups. `norm` rows are batch
normalization (two parameters a channel, folded into a convolution by whoever runs the network);
element-wise additions, concatenations and activations have neither multiply-adds nor parameters and
are left out. Standard library only.
"""
import argparse
import os
import sys

HEADER = (
    "layer,type,in_h,in_w,in_channels,filters,filter_h,filter_w,stride_h,stride_w,"
    "pad_top,pad_bottom,pad_left,pad_right,groups,bias"
)


class Net:
    """Keeps the shape that the next layer reads and collects rows."""

    def __init__(self, size, channels):
        self.h = self.w = size
        self.c = channels
        self.rows = []

    def _window(self, name, kind, filters, filter_size, stride, pad, groups, bias):
        top, bottom, left, right = (pad,) * 4 if isinstance(pad, int) else pad
        self.rows.append(
            [
                name,
                kind,
                self.h,
                self.w,
                self.c,
                filters,
                filter_size,
                filter_size,
                stride,
                stride,
                top,
                bottom,
                left,
                right,
                groups,
                int(bias),
            ]
        )
        self.h = (self.h + top + bottom - filter_size) // stride + 1
        self.w = (self.w + left + right - filter_size) // stride + 1
        self.c = filters

    def conv(self, name, filters, size, stride=1, pad=0, groups=1, bias=False, norm=False):
        self._window(name, "conv", filters, size, stride, pad, groups, bias)
        if norm:
            self.norm(name + "_bn")

    def depthwise(self, name, size, stride=1, pad=0, norm=True):
        self.conv(name, self.c, size, stride, pad, groups=self.c, norm=norm)

    def pool(self, name, kind, size, stride, pad=0):
        self._window(name, kind + "pool", self.c, size, stride, pad, self.c, False)

    def norm(self, name):
        self.rows.append(
            [name, "norm", self.h, self.w, self.c, self.c, 1, 1, 1, 1, 0, 0, 0, 0, self.c, 0]
        )

    def dense(self, name, outputs, bias=True):
        """A fully connected layer on everything the layer before it gives."""
        self.c, self.h, self.w = self.c * self.h * self.w, 1, 1
        self._window(name, "dense", outputs, 1, 1, 0, 1, bias)


def lenet5_28():
    """LeNet-5 on 28x28 images, padded by 2, every filter of C3 on every map, average pooling,
    biases.
    """
    n = Net(28, 1)
    n.conv("C1", 6, 5, pad=2, bias=True)
    n.pool("S2", "avg", 2, 2)
    n.conv("C3", 16, 5, bias=True)
    n.pool("S4", "avg", 2, 2)
    n.conv("C5", 120, 5, bias=True)
    n.dense("F6", 84)
    n.dense("OUT", 10)
    return n


def lenet5_32():
    """LeNet-5 on 32x32 images without biases, max pooling."""
    n = Net(32, 1)
    n.conv("C1", 6, 5)
    n.pool("S2", "max", 2, 2)
    n.conv("C3", 16, 5)
    n.pool("S4", "max", 2, 2)
    n.conv("C5", 120, 5)
    n.dense("F6", 84, bias=False)
    n.dense("OUT", 10, bias=False)
    return n


def lenet_caffe():
    """The larger LeNet that Caffe ships."""
    n = Net(28, 1)
    n.conv("conv1", 20, 5, bias=True)
    n.pool("pool1", "max", 2, 2)
    n.conv("conv2", 50, 5, bias=True)
    n.pool("pool2", "max", 2, 2)
    n.dense("ip1", 500)
    n.dense("ip2", 10)
    return n


def alexnet():
    """Krizhevsky et al. 2012: two groups in the second, fourth and fifth convolution."""
    n = Net(227, 3)
    n.conv("conv1", 96, 11, stride=4, bias=True)
    n.pool("pool1", "max", 3, 2)
    n.conv("conv2", 256, 5, pad=2, groups=2, bias=True)
    n.pool("pool2", "max", 3, 2)
    n.conv("conv3", 384, 3, pad=1, bias=True)
    n.conv("conv4", 384, 3, pad=1, groups=2, bias=True)
    n.conv("conv5", 256, 3, pad=1, groups=2, bias=True)
    n.pool("pool5", "max", 3, 2)
    n.dense("fc6", 4096)
    n.dense("fc7", 4096)
    n.dense("fc8", 1000)
    return n


def vgg16():
    """Simonyan and Zisserman 2014, configuration D."""
    n = Net(224, 3)
    for stage, (filters, count) in enumerate([(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)], 1):
        for i in range(1, count + 1):
            n.conv(f"conv{stage}_{i}", filters, 3, pad=1, bias=True)
        n.pool(f"pool{stage}", "max", 2, 2)
    n.dense("fc6", 4096)
    n.dense("fc7", 4096)
    n.dense("fc8", 1000)
    return n


def resnet_stem():
    n = Net(224, 3)
    n.conv("conv1", 64, 7, stride=2, pad=3, norm=True)
    n.pool("pool1", "max", 3, 2, pad=1)
    return n


def shortcut(n, name, entry, filters, stride):
    """A projection from the shape the block reads; the block's own shape stays."""
    own = n.h, n.w, n.c
    n.h, n.w, n.c = entry
    n.conv(name, filters, 1, stride=stride, norm=True)
    n.h, n.w, n.c = own


def basic_resnet(blocks):
    """Residual networks of basic blocks, so many a stage."""
    n = resnet_stem()
    for stage, (filters, count) in enumerate(zip([64, 128, 256, 512], blocks), 2):
        for i in range(count):
            name = f"conv{stage}{'abcdef'[i]}"
            entry, stride = (n.h, n.w, n.c), 2 if stage > 2 and i == 0 else 1
            n.conv(name + "_1", filters, 3, stride=stride, pad=1, norm=True)
            n.conv(name + "_2", filters, 3, pad=1, norm=True)
            if entry[2] != filters:
                shortcut(n, name + "_proj", entry, filters, stride)
    n.pool("pool5", "avg", 7, 1)
    n.dense("fc", 1000)
    return n


def resnet18():
    """He et al. 2015, basic blocks."""
    return basic_resnet([2, 2, 2, 2])


def resnet34():
    """He et al. 2015, basic blocks."""
    return basic_resnet([3, 4, 6, 3])


def bottleneck_resnet(blocks):
    """Residual networks of bottleneck blocks, so many a stage."""
    n = resnet_stem()
    for stage, (width, count) in enumerate(zip([64, 128, 256, 512], blocks), 2):
        for i in range(count):
            name, entry, stride = (
                f"conv{stage}{'abcdefghijklmnopqrstuvwxyz'[i]}",
                (n.h, n.w, n.c),
                2 if stage > 2 and i == 0 else 1,
            )
            n.conv(name + "_1", width, 1, stride=stride, norm=True)
            n.conv(name + "_2", width, 3, pad=1, norm=True)
            n.conv(name + "_3", 4 * width, 1, norm=True)
            if i == 0:
                shortcut(n, name + "_proj", entry, 4 * width, stride)
    n.pool("pool5", "avg", 7, 1)
    n.dense("fc", 1000)
    return n


def resnet50():
    """He et al. 2015, bottleneck blocks; the stride stands in the first 1x1 convolution, as
    published.
    """
    return bottleneck_resnet([3, 4, 6, 3])


def resnet101():
    """He et al. 2015, bottleneck blocks; the stride stands in the first 1x1 convolution, as
    published.
    """
    return bottleneck_resnet([3, 4, 23, 3])


def mobilenet_v1():
    """Howard et al. 2017, width 1.0, 224; TensorFlow's SAME padding."""
    n = Net(224, 3)

    def same(stride):
        return (0, 1, 0, 1) if stride == 2 else 1

    n.conv("conv1", 32, 3, stride=2, pad=same(2), norm=True)
    plan = (
        [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)]
        + [(512, 1)] * 5
        + [(1024, 2), (1024, 1)]
    )
    for i, (filters, stride) in enumerate(plan, 2):
        n.depthwise(f"conv{i}_dw", 3, stride=stride, pad=same(stride))
        n.conv(f"conv{i}_pw", filters, 1, norm=True)
    n.pool("pool", "avg", 7, 1)
    n.dense("fc", 1000)
    return n


def mobilenet_v2():
    """Sandler et al. 2018, width 1.0, 224; symmetric padding."""
    n = Net(224, 3)
    n.conv("conv0", 32, 3, stride=2, pad=1, norm=True)
    block = 0
    for expansion, filters, repeats, first_stride in [
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ]:
        for i in range(repeats):
            block += 1
            if expansion > 1:
                n.conv(f"block{block}_expand", n.c * expansion, 1, norm=True)
            n.depthwise(f"block{block}_dw", 3, stride=first_stride if i == 0 else 1, pad=1)
            n.conv(f"block{block}_project", filters, 1, norm=True)
    n.conv("conv_last", 1280, 1, norm=True)
    n.pool("pool", "avg", 7, 1)
    n.dense("fc", 1000)
    return n


def densenet(plan):
    """Densely connected networks of growth rate 32, so many layers a stage."""
    n = resnet_stem()
    for stage, layers in enumerate(plan, 1):
        for i in range(1, layers + 1):
            channels = n.c
            n.norm(f"dense{stage}_{i}_bn1")
            n.conv(f"dense{stage}_{i}_1x1", 128, 1, norm=True)
            n.conv(f"dense{stage}_{i}_3x3", 32, 3, pad=1)
            n.c = channels + 32  # concatenated with what the layer read
        if stage < 4:
            n.norm(f"transition{stage}_bn")
            n.conv(f"transition{stage}", n.c // 2, 1)
            n.pool(f"transition{stage}_pool", "avg", 2, 2)
    n.norm("norm5")
    n.pool("pool5", "avg", 7, 1)
    n.dense("fc", 1000)
    return n


def densenet121():
    """Huang et al. 2017, growth rate 32, 6-12-24-16 layers."""
    return densenet([6, 12, 24, 16])


def densenet169():
    """Huang et al. 2017, growth rate 32, 6-12-32-32 layers."""
    return densenet([6, 12, 32, 32])


NETWORKS = {
    "lenet5_28": lenet5_28,
    "lenet5_32": lenet5_32,
    "lenet_caffe": lenet_caffe,
    "alexnet": alexnet,
    "vgg16": vgg16,
    "resnet18": resnet18,
    "resnet34": resnet34,
    "resnet50": resnet50,
    "resnet101": resnet101,
    "mobilenet_v1": mobilenet_v1,
    "mobilenet_v2": mobilenet_v2,
    "densenet121": densenet121,
    "densenet169": densenet169,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--out", default=os.path.join(os.path.dirname(__file__), "..", "models", "workloads")
    )
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    different = []
    for name, build in NETWORKS.items():
        text = "# " + " ".join(build.__doc__.split()) + "\n" + HEADER + "\n"
        text += "".join(",".join(str(v) for v in row) + "\n" for row in build().rows)
        path = os.path.join(args.out, name + ".csv")
        if args.check:
            with open(path) as f:
                if f.read() != text:
                    different.append(path)
        else:
            os.makedirs(args.out, exist_ok=True)
            with open(path, "w") as f:
                f.write(text)
    if different:
        sys.exit("differ from the networks in this script: " + ", ".join(different))


if __name__ == "__main__":
    main()
