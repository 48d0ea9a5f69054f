"""A compiled network on the RTL, with cocotbext-axi's memory and register master around it.

Reads the folder that `systole compile` wrote (SYSTOLE_PROGRAM), images and expected outputs (NPY,
SYSTOLE_IMAGES and SYSTOLE_EXPECTED: N x C x H x W); the Makefile passes the paths.
"""
import itertools
import json
import logging
import os
import random

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, RisingEdge, with_timeout
from cocotbext.axi import AxiBus, AxiLiteBus, AxiLiteMaster, AxiRam, AxiRamRead, AxiReadBus

# docs/registers.md
CTRL, STATUS, IRQ_ENABLE, IRQ_STATUS = 0x008, 0x00C, 0x018, 0x01C
PROG, PROG_LEN, RD_BASE, RD_LAST, WR_BASE, WR_LAST = 0x020, 0x028, 0x030, 0x038, 0x040, 0x048
CNT_TOTAL = 0x100
DONE, START, IRQ_DONE_ERROR = 2, 1, 3


class Bench:
    """The accelerator, its memory behind both AXI4 ports, and a host on the register port."""

    def __init__(self, dut):
        self.dut = dut
        with open(os.path.join(os.environ["SYSTOLE_PROGRAM"], "program.json")) as f:
            self.program = json.load(f)
        cocotb.start_soon(Clock(dut.clk_i, 10, units="ns").start())
        clock = dict(clock=dut.clk_i, reset=dut.rst_ni, reset_active_level=False)

        def bus(kind, prefix):
            return kind.from_prefix(dut, prefix, case_insensitive=False)

        # By exact names. A search that ignores case lists the signals of the top first, and in that
        # list Verilator 5.006 gives copies of the ports, which it overwrites: what is written to
        # them reads back 0. For the same reason: no dir(dut) before the ports are known by name.
        self.ram = AxiRam(bus(AxiBus, "m_axi"), size=1 << 32, **clock)
        # The program is fetched from the same memory through a port of its own.
        self.fetch = AxiRamRead(
            bus(AxiReadBus, "m_axi_fetch"), size=1 << 32, mem=self.ram.mem, **clock
        )
        self.host = AxiLiteMaster(bus(AxiLiteBus, "s_axil"), **clock)
        for model in (self.ram, self.fetch, self.host):
            for direction in ("write_if", "read_if"):
                getattr(model, direction, model).log.setLevel(logging.WARNING)

    def pause_every_channel(self, seed):
        """Random pauses of every ready and valid that the models drive."""
        write = [self.ram.write_if, self.host.write_if]
        read = [self.ram.read_if, self.fetch, self.host.read_if]
        channels = [c for w in write for c in (w.aw_channel, w.w_channel, w.b_channel)]
        channels += [c for r in read for c in (r.ar_channel, r.r_channel)]
        for i, channel in enumerate(channels):
            rng = random.Random(seed * 100 + i)
            channel.set_pause_generator(rng.random() < 0.4 for _ in itertools.count())

    async def reset(self):
        """The memory image into memory, and a reset."""
        with open(os.path.join(os.environ["SYSTOLE_PROGRAM"], "memory.bin"), "rb") as f:
            self.ram.write(self.program["memory"]["base"], f.read())
        self.dut.rst_ni.value = 0
        await ClockCycles(self.dut.clk_i, 4)
        self.dut.rst_ni.value = 1
        await ClockCycles(self.dut.clk_i, 2)

    async def write64(self, offset, value):
        await self.host.write_dword(offset, value & 0xFFFFFFFF)
        await self.host.write_dword(offset + 4, value >> 32)

    async def run(self, part):
        """One run of "setup" (constants into the buffers) or "code"; returns its cycles."""
        memory = self.program["memory"]
        for base, last in ((RD_BASE, RD_LAST), (WR_BASE, WR_LAST)):
            await self.write64(base, memory["base"])
            await self.write64(last, memory["end"] - 1)
        await self.write64(PROG, self.program[part]["address"])
        await self.host.write_dword(PROG_LEN, self.program[part]["instructions"])
        await self.host.write_dword(IRQ_ENABLE, IRQ_DONE_ERROR)
        await self.host.write_dword(CTRL, START)
        if not self.dut.irq_o.value:
            await with_timeout(RisingEdge(self.dut.irq_o), 10, "ms")
        status = await self.host.read_dword(STATUS)
        assert status == DONE, f"{part}: STATUS is {status}"
        await self.host.write_dword(IRQ_STATUS, IRQ_DONE_ERROR)
        return await self.host.read_dword(CNT_TOTAL)

    def write_image(self, pixels):
        """C x H x W uint8 pixels as the int8 activations of the input tensor, channels last."""
        tensor = self.program["input"]
        lines = (pixels.astype(np.int16) - 128).astype(np.int8).transpose(1, 2, 0)
        for y, line in enumerate(lines):
            self.ram.write(tensor["address"] + y * tensor["line_stride"], line.tobytes())

    def read_output(self):
        """The output tensor as C x H x W uint8."""
        tensor = self.program["output"]
        width, channels = tensor["width"], tensor["channels"]
        lines = [
            self.ram.read(tensor["address"] + y * tensor["line_stride"], width * channels)
            for y in range(tensor["height"])
        ]
        values = np.frombuffer(b"".join(lines), np.int8).reshape(-1, width, channels)
        return (values.astype(np.int16) + 128).astype(np.uint8).transpose(2, 0, 1)


async def run_images(bench, count, pauses=False):
    """Every image gives its expected output; returns the cycles of each run."""
    images = np.load(os.environ["SYSTOLE_IMAGES"])[:count]
    expected = np.load(os.environ["SYSTOLE_EXPECTED"])[:count]
    assert len(images) == count and len(expected) == count
    await bench.reset()
    if pauses:
        bench.pause_every_channel(0)
    await bench.run("setup")
    cycles = []
    for seed, (image, want) in enumerate(zip(images, expected), 1):
        if pauses:
            bench.pause_every_channel(seed)
        bench.write_image(image)
        cycles.append(await bench.run("code"))
        got = bench.read_output()
        assert np.array_equal(got, want), f"output {got.ravel()}, expected {want.ravel()}"
    return cycles


@cocotb.test()
async def outputs_equal_expected(dut):
    """Without pauses: the outputs, and a run takes the same cycles each time."""
    cycles = await run_images(Bench(dut), 3)
    dut._log.info("cycles: %s", cycles)
    assert len(set(cycles)) == 1


@cocotb.test()
async def pauses_on_every_channel_change_no_byte(dut):
    """Random pauses, others with each image; the runs take longer, each another time."""
    cycles = await run_images(Bench(dut), 4, pauses=True)
    dut._log.info("cycles: %s", cycles)
    assert len(set(cycles)) > 1


@cocotb.test()
async def unmapped_registers_answer_slverr(dut):
    """A register access outside the map; then the accelerator works."""
    bench = Bench(dut)
    await bench.reset()
    answer = await bench.host.read(0xF00, 4)
    assert int(answer.resp) == 2
    assert (await bench.host.read_dword(0)) == 0x53595354
