"""Layer tables (docs/scalesim.md) of ResNets of any width, without their weights."""

HEADER = (
    "layer,type,in_h,in_w,in_channels,filters,filter_h,filter_w,stride_h,stride_w,"
    "pad_top,pad_bottom,pad_left,pad_right,groups,bias"
)


class Table:
    def __init__(self):
        self.rows = [HEADER]

    def add(self, name, kind, size, inputs, outputs, kernel=1, stride=1):
        """A layer on size x size pixels; returns the size of its output. Padding behind the image
        is what the last window reaches.
        """
        pad = kernel // 2
        out = (size + 2 * pad - kernel) // stride + 1
        behind = max(0, (out - 1) * stride + kernel - pad - size)
        fields = [name, kind, size, size, inputs, outputs, kernel, kernel, stride, stride]
        weighted = kind in ("conv", "dense")
        fields += [pad, behind, pad, behind, 1 if weighted else inputs, int(weighted)]
        self.rows.append(",".join(map(str, fields)))
        return out

    def text(self):
        return "\n".join(self.rows) + "\n"


def resnet20(widths, blocks=3, size=32):
    t = Table()
    t.add("conv1", "conv", size, 3, widths[0], 3)
    channels = widths[0]
    for stage, width in enumerate(widths):
        for block in range(blocks):
            name, stride = f"{stage + 1}.{block + 1}", 2 if stage and not block else 1
            if stride > 1 or channels != width:
                t.add(name + ".shortcut", "conv", size, channels, width, 1, stride)
            size = t.add(name + ".a", "conv", size, channels, width, 3, stride)
            t.add(name + ".b", "conv", size, width, width, 3)
            channels = width
    t.add("classes", "dense", 1, channels, 10)
    return t.text()


def resnet50(widths, size=224):
    """Bottlenecks of these inner widths, four times as many channels outside; the stride stands in
    the 3x3 convolution.
    """
    t, channels = Table(), widths[0]
    size = t.add("conv1", "conv", size, 3, channels, 7, 2)
    size = t.add("pool1", "maxpool", size, channels, channels, 3, 2)
    for stage, (width, blocks) in enumerate(zip(widths, (3, 4, 6, 3))):
        for block in range(blocks):
            name, stride = f"{stage + 2}.{block + 1}", 2 if stage and not block else 1
            if not block:
                t.add(name + ".shortcut", "conv", size, channels, 4 * width, 1, stride)
            t.add(name + ".a", "conv", size, channels, width)
            size = t.add(name + ".b", "conv", size, width, width, 3, stride)
            t.add(name + ".c", "conv", size, width, 4 * width)
            channels = 4 * width
    t.add("classes", "dense", 1, channels, 1000)
    return t.text()
