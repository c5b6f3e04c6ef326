# gx: small filters for gene-expression matrices. `make help` lists the targets.

MAKEFLAGS += --no-builtin-rules
ifeq ($(origin CC),default)
CC = gcc
endif

PREFIX ?= /usr/local
DESTDIR ?=
STRIP ?= strip
BUILD ?= build
BIN ?= bin
V ?= 0
# SIMD=1: clones for x86-64, v3 and v4, bound at start-up; SIMD=0: none; SIMD=x86-64-v3:
# that level alone.
SIMD ?= 1
# STATIC=mixed takes the C library from the system and links all others in: so a program can
# load a library when it needs it. STATIC=1 links the C library in too: a program runs on any
# node, and loads nothing. STATIC=0 takes all libraries from the system.
STATIC ?= mixed
# ISAL=1: libisal, where it is at run time, inflates gzip, and else zlib; its header is needed.
# ISAL=0: zlib alone.
ISAL ?= 1
# HDF5=1: gx-convert and gx-info read HDF5. HDF5=0: none does.
HDF5 ?= 1

CFLAGS ?= -O2 -g
WARN = -Wall -Wextra -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes -Wundef
ifeq ($(WERROR),1)
WARN += -Werror
endif
OURS = -std=c17 -D_POSIX_C_SOURCE=200809L -fopenmp -ffp-contract=off -fno-math-errno \
       -fno-trapping-math -pthread
ifeq ($(SIMD),0)
OURS += -DGX_NO_CLONES
else ifneq ($(SIMD),1)
OURS += -DGX_NO_CLONES -march=$(SIMD)
endif

# What a static program cannot load.
ISAL_LOADED = $(if $(filter 1,$(STATIC)),,$(filter 1,$(ISAL)))
ifeq ($(ISAL_LOADED),)
OURS += -DGX_NO_ISAL
endif

# The library of the two programs that read HDF5, with its filters. Debian keeps the serial one
# beside others; elsewhere pkg-config tells where it is, or the compiler knows.
ifneq ($(HDF5),1)
OURS += -DGX_NO_HDF5
endif
HDF5_FLAGS := $(if $(filter 1,$(HDF5)),$(shell for name in hdf5-serial hdf5; do \
		 pkg-config --cflags-only-I $$name 2>/dev/null && exit; done; \
		 [ ! -d /usr/include/hdf5/serial ] || echo -I/usr/include/hdf5/serial))
# What these libraries need of others, shared ones bring along.
HDF5_NAME = $(if $(filter /%,$(foreach kind,so a,$(shell \
	    $(CC) -print-file-name=libhdf5_serial.$(kind) 2>/dev/null))),hdf5_serial,hdf5)
HDF5_LIBRARIES = $(eval HDF5_LIBRARIES := $(if $(filter 1,$(HDF5)),-l$(HDF5_NAME) \
		 $(if $(filter 0,$(STATIC)),-lblosc,-lsz -laec -lblosc -llz4) -lbz2 \
		 -ldeflate))$(HDF5_LIBRARIES)
READ_HDF5 = $(if $(filter 1,$(HDF5)),gx-convert gx-info)

LIBRARIES = -lxxhash -lz -lzstd
# clang brings an OpenMP of its own: beside it libgomp would take calls that are for that one.
# There may be no static one, as on Debian. (Both are asked for once, where they are needed.)
OPENMP = $(eval OPENMP := $(if $(shell $(CC) -dM -E -x c /dev/null 2>&1 | \
	 grep __clang__),omp,gomp))$(OPENMP)
STATIC_OPENMP = $(eval STATIC_OPENMP := $(if $(filter gomp,$(OPENMP)),-lgomp,$(if \
	 $(filter /%,$(shell $(CC) -print-file-name=libomp.a)),-lomp)))$(STATIC_OPENMP)
# How programs are linked: static; mixed, where the C library is the system's and all others
# are static, but an OpenMP that cannot be; or shared.
LINKED = $(if $(filter 0,$(STATIC)),shared,$(if \
	 $(filter 1,$(STATIC)),$(if $(STATIC_OPENMP),static,mixed),mixed))
BEFORE_static = -static
BEFORE_mixed = -Wl,-Bstatic $(STATIC_OPENMP)
AFTER_mixed = -Wl,-Bdynamic
BEFORE = $(BEFORE_$(LINKED))
AFTER = $(AFTER_$(LINKED))
LINK = $(LDLIBS) $(BEFORE) $(READING) $(LIBRARIES) $(AFTER) -lm -ldl

COMMANDS := $(sort $(patsubst cmd/%.c,%,$(wildcard cmd/*.c)))
# xxHash picks its code when it is compiled: this one file is compiled for each level.
LEVELED := lib/kernel/digest_level.c
LIB_SOURCES := $(sort $(filter-out $(LEVELED) $(if $(filter 1,$(HDF5)),,lib/hdf5/%),\
		 $(wildcard lib/*/*.c lib/*/*/*.c)))
DIGEST := $(BUILD)/lib/kernel/digest_level
LIB_OBJECTS := $(LIB_SOURCES:lib/%.c=$(BUILD)/lib/%.o) $(DIGEST)_base.o
ifeq ($(SIMD),1)
LIB_OBJECTS += $(DIGEST)_v3.o $(DIGEST)_v4.o
endif
LIB := $(BUILD)/libgx.a
PROGRAMS := $(COMMANDS:%=$(BIN)/%)
$(READ_HDF5:%=$(BIN)/%): READING = $(HDF5_LIBRARIES)

GENERATED := $(BUILD)/generated

ALL_CFLAGS = $(WARN) $(CFLAGS) $(OURS) -Ilib -I$(GENERATED)
COMPILE = $(CC) $(ALL_CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<
OR_WHY = || { $(CAN_BUILD); exit 1; }

ifeq ($(V),1)
SAY = @:
Q =
else
SAY = @printf '  %-7s %s\n'
Q = @
endif

# libgomp could load plugins for accelerators, and HDF5 filters, which gx never asks for: that a
# static program cannot is not worth two lines a program. Everything else that the linker says is shown.
QUIETLY = 2>$@.link; status=$$?; \
	  grep -v -e 'Using .dlopen. in statically' -e 'function .gomp_target_init' \
	  -e 'function .H5PL__open' $@.link >&2; \
	  rm -f $@.link; [ $$status -eq 0 ] || { $(CAN_BUILD); exit $$status; }

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:

all: $(PROGRAMS) ## build the filters into bin/ (SIMD=0|x86-64-v3, STATIC=1|0, ISAL=0, HDF5=0, V=1)

# A text as one word of the shell.
quoted = '$(subst ','\'',$1)'

# What the compiler and the libraries lack is said before anything is made, or where a step
# fails: what is to be installed stands last.
CAN_BUILD = CC=$(call quoted,$(CC)) CFLAGS=$(call quoted,$(ALL_CFLAGS) $(CPPFLAGS)) \
	    LDFLAGS=$(call quoted,$(LDFLAGS) $(LDLIBS)) LIBRARIES='$(LIBRARIES)' \
	    BEFORE='$(BEFORE)' AFTER='$(AFTER)' OPENMP='$(OPENMP)' SIMD='$(SIMD)' \
	    ISAL='$(ISAL_LOADED)' HDF5_FLAGS=$(call quoted,$(HDF5_FLAGS)) \
	    HDF5_LIBRARIES='$(HDF5_LIBRARIES)' .make/can-build

# Compiles everything anew when its flags change, and links it anew when those of the link do.
FLAGS = $(CC) $(ALL_CFLAGS) $(CPPFLAGS) $(SIMD) $(HDF5_FLAGS)
LINK_FLAGS = $(BIN) $(FLAGS) $(LDFLAGS) $(LINK) $(HDF5_LIBRARIES)
REMEMBER = mkdir -p $(@D); now=$(call quoted,$1); [ "$$(cat $@ 2>/dev/null)" = "$$now" ] || \
	   { $(CAN_BUILD) && $2 printf '%s\n' "$$now" >$@; }

can-build:
	@$(CAN_BUILD)

$(BUILD)/flags: force
	@$(call REMEMBER,$(FLAGS))

NO_STATIC_OPENMP = $(CC) has no static libomp: the programs need the shared one, and the C \
		   library of this system
$(BUILD)/link: force | $(BUILD)/flags
	@$(call REMEMBER,$(LINK_FLAGS),$(if $(filter mixed,$(LINKED)),$(if $(STATIC_OPENMP),,echo \
		$(call quoted,$(NO_STATIC_OPENMP)) &&)))

$(BUILD)/lib/%.o: lib/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(COMPILE) $(OR_WHY)

$(BUILD)/lib/hdf5/confined/%.o: ALL_CFLAGS += $(HDF5_FLAGS) -DH5_USE_110_API

$(DIGEST)_base.o: $(LEVELED) $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(COMPILE) -DGX_LEVEL=base $(OR_WHY)

$(DIGEST)_v%.o: $(LEVELED) $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(COMPILE) -O3 -DGX_LEVEL=v$* -march=x86-64-v$* $(OR_WHY)

$(LIB): $(LIB_OBJECTS)
	$(SAY) AR $@
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/cmd/%.o: cmd/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(COMPILE) $(OR_WHY)

# gx-time loads a BLAS when it is asked for one, which a static program cannot: of a static
# build it alone takes the C library from the system.
LOADS := $(BIN)/gx-time $(BUILD)/tests/test_blas $(BUILD)/tests/gx-time-wrong
$(LOADS): LINKED = $(if $(filter 0,$(STATIC)),shared,mixed)

# gx-time takes its Python script along.
PEERS := $(GENERATED)/race/peers_text.h
$(PEERS): lib/race/peers.py
	@mkdir -p $(@D)
	$(SAY) TEXT $<
	$(Q){ echo 'static const unsigned char peers_text[] = {'; \
	  od -An -v -tx1 $< | sed 's/ \(..\)/ 0x\1,/g'; echo '};'; } >$@

$(BUILD)/lib/race/peers.o: $(PEERS)

# gx says which commit it was built from, where this tree is a repository of git; where git
# does not tell (of a tree of somebody else, as root), what is known stays.
COMMIT := $(GENERATED)/commit.h
$(COMMIT): force
	@mkdir -p $(@D)
	@commit=$$([ ! -e .git ] || GIT_OPTIONAL_LOCKS=0 git describe --always --dirty \
			--abbrev=12 --exclude='*' 2>/dev/null) || [ ! -e $@ ] || exit 0; \
	  echo "#define GX_COMMIT \"$$commit\"" | cmp -s - $@ || \
	  echo "#define GX_COMMIT \"$$commit\"" >$@

$(BUILD)/cmd/gx.o: $(COMMIT)

$(BIN)/%: $(BUILD)/cmd/%.o $(LIB) $(BUILD)/link
	@mkdir -p $(@D)
	$(SAY) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< $(LIB) $(LINK) $(QUIETLY)

# ---- what is needed ----

# The compiler by its package, where it is not there in whatever way.
DEPS_COMPILER = $(if $(filter omp,$(OPENMP))$(findstring clang,$(CC)),clang libomp-dev, \
		$(if $(shell command -v $(CC)),,gcc))
DEPS_BUILD = $(DEPS_COMPILER) libc6-dev libxxhash-dev zlib1g-dev libzstd-dev \
	     $(if $(ISAL_LOADED),libisal-dev) $(if $(READ_HDF5),$(DEPS_HDF5))
DEPS_HDF5 = libhdf5-dev libaec-dev libblosc-dev liblz4-dev libbz2-dev libdeflate-dev
DEPS_RUN = parallel curl gnuplot-nox libopenblas0-pthread libisal2
DEPS_CHECK = bats python3 groff mandoc xxhash bsdutils gzip zstd openssl
DEPS_BENCH = python3-numpy python3-scipy python3-numba python3-pandas python3-bottleneck \
	     r-base-core r-cran-data.table r-cran-matrixstats r-cran-wgcna mawk python3-venv

DEPS_PEERS = python3-venv openmpi-bin

DEPS_ENGINES = slurmctld slurmd slurm-client munge openssh-server openssh-client \
	       openmpi-bin iproute2 rsync snakemake procps ffmpeg

INSTALL_MISSING = CC=$(call quoted,$(CC)) CPPFLAGS=$(call quoted,$(CPPFLAGS)) tests/install-missing

deps: ## install what is missing to build, run and check (apt-get, as root or with sudo)
	@$(INSTALL_MISSING) $(DEPS_BUILD) $(DEPS_RUN) $(DEPS_CHECK)

deps-bench: ## install what the benchmarks compare with
	@$(INSTALL_MISSING) $(DEPS_BUILD) $(DEPS_RUN) $(DEPS_BENCH)
	@tests/bench/libraries '$(BUILD)/peers' hdf5

# mpi4py takes the MPI that the system has.
deps-peers: ## install into build/peers the Python that gx-time --peers races (1.2 GB)
	@$(INSTALL_MISSING) $(DEPS_PEERS) || echo 'deps-peers: goes on with what is there' >&2
	@tests/bench/libraries '$(BUILD)/peers' peers

deps-engines: ## install the engines that the recipes and faults are tested under
	@$(INSTALL_MISSING) $(DEPS_RUN) $(DEPS_ENGINES)

# Who may not install, or has no static libraries or no new compiler, gets what there can be.
demo: ## install what is missing, where that may be, build, run the main job and time it
	@if ! { $(CAN_BUILD) 2>/dev/null && command -v parallel >/dev/null; }; then \
		$(INSTALL_MISSING) $(DEPS_BUILD) parallel || \
			echo 'demo: goes on with what is there' >&2; \
	fi; \
	for hdf5 in '' HDF5=0; do \
		for how in '' ISAL=0 STATIC=0 'STATIC=0 ISAL=0' SIMD=0 'ISAL=0 SIMD=0' \
				'STATIC=0 SIMD=0' 'STATIC=0 ISAL=0 SIMD=0'; do \
			how="$$how $$hdf5"; \
			! $(MAKE) -s can-build $$how 2>/dev/null || break 2; \
		done; \
	done; \
	echo demo: make $$how; \
	$(MAKE) --no-print-directory all $$how
	@PATH="$(abspath $(BIN)):$$PATH" examples/demo

# ---- checks ----

UNITS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(filter-out $(if $(READ_HDF5),,\
	 tests/unit/test_hdf5%),$(wildcard tests/unit/test_*.c)))
UNIT := $(BUILD)/tests/unit.o

$(UNIT): tests/unit/unit.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(COMPILE) $(OR_WHY)

HDF5_UNITS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_hdf5*.c))
$(HDF5_UNITS): READING = $(HDF5_LIBRARIES)
# private: what they are made of is compiled as ever.
$(HDF5_UNITS): private ALL_CFLAGS += $(HDF5_FLAGS) -DH5_USE_110_API
$(BUILD)/tests/%: tests/unit/%.c $(UNIT) $(LIB) $(BUILD)/link
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(CC) $(ALL_CFLAGS) $(CPPFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< $(UNIT) $(LIB) \
		$(LINK) $(QUIETLY)

# gx-time with a switch that makes one of its strategies wrong, for the test that it notices.
SPOILED := cmd/gx-time.c $(wildcard lib/race/contest*.c)
$(BUILD)/tests/gx-time-wrong: $(SPOILED) $(wildcard lib/*/*.h lib/*/*/*.h) $(PEERS) $(LIB) \
		$(BUILD)/link
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(CC) $(ALL_CFLAGS) $(CPPFLAGS) -DGX_TEST_WRONG $(LDFLAGS) -o $@ $(SPOILED) $(LIB) \
		$(LINK) $(QUIETLY)

CHECK = GX_BIN='$(abspath $(BIN))' GX_TESTS='$(abspath $(BUILD))/tests' GX_HDF5='$(HDF5)' tests/run

# The worked example of CONTRIBUTING.md: its one block of C, as any filter is compiled.
EXAMPLE := $(BUILD)/tests/gx-maxima
$(EXAMPLE).c: CONTRIBUTING.md
	@mkdir -p $(@D)
	$(SAY) TEXT $<
	$(Q)sed -n '/^```c$$/,/^```$$/ { /^```/! p }' $< >$@

$(EXAMPLE): $(EXAMPLE).c $(wildcard lib/*/*.h lib/*/*/*.h) $(LIB) $(BUILD)/link
	$(SAY) CC $<
	$(Q)$(CC) $(ALL_CFLAGS) $(CPPFLAGS) $(LDFLAGS) -o $@ $< $(LIB) \
		$(LINK) $(QUIETLY)

check: all $(UNITS) $(BUILD)/tests/gx-time-wrong $(EXAMPLE) ## build and pass the tests (TESTS=: these alone)
	@$(CHECK) $(TESTS)

check-units: all $(UNITS) ## the unit tests alone
	@$(CHECK) --units

SANITIZED = BUILD=build/sanitized BIN=build/sanitized/bin STATIC=0 \
	    CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	    -fno-sanitize-recover=undefined'

# Without clones, which are bound before ThreadSanitizer has begun; with pthreads, which it
# sees. A race is exit 66. Where addresses are laid out at random, some kernels leave it no
# room. An exit in the middle leaves threads unjoined, and may.
THREADS = BUILD=build/threads BIN=build/threads/bin STATIC=0 SIMD=0 \
	  CPPFLAGS='$(CPPFLAGS) -DGX_PIPELINE_PTHREADS' \
	  CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=thread'
NOT_AT_RANDOM = $(shell setarch -R true 2>/dev/null && echo setarch -R)

check-threads: ## the pipeline, readers and writers, under ThreadSanitizer
	@$(MAKE) --no-print-directory all build/threads/tests/test_pipeline \
		build/threads/tests/test_gunzip $(THREADS)
	@GX_BIN='$(CURDIR)/build/threads/bin' GX_TESTS='$(CURDIR)/build/threads/tests' \
		GX_SANITIZED=1 TSAN_OPTIONS='exitcode=66 halt_on_error=1 report_thread_leaks=0' \
		$(NOT_AT_RANDOM) tests/run test_pipeline test_gunzip tests/threads.bats tests/ranges.bats

check-faults: all ## a thousand faults under all engines (make deps-engines; FAULTS='--seed S')
	@GX_BIN='$(abspath $(BIN))' tests/faults/run $(FAULTS)

check-sanitized: ## the tests under AddressSanitizer and UBSan
	@GX_SANITIZED=1 $(MAKE) --no-print-directory check $(SANITIZED)

# The targets for clang's libFuzzer in tests/fuzz, in a build of their own, which has of lib/ what
# they need. FUZZ: see tests/fuzz/run.
FUZZED_SOURCES = $(wildcard $(addprefix lib/,base/*.c bytes/*.c number/*.c matrix/*.c kernel/widen.c \
		 kernel/samples.c kernel/digest.c sound/*.c format/table/columns.c \
		 format/market/kinds.c hdf5/*.c hdf5/confined/*.c))
FUZZED = BUILD=build/fuzz BIN=build/fuzz/bin STATIC=0 SIMD=0 CC=clang \
	 LIB_SOURCES='$(FUZZED_SOURCES)' \
	 CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
	 -fno-sanitize-recover=undefined -Wno-pass-failed'
FUZZ_TARGETS := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(filter-out $(if $(filter 1,$(HDF5)),, \
		tests/fuzz/fuzz_hdf5%),$(wildcard tests/fuzz/fuzz_*.c)))
FUZZ ?= --seconds 20

$(BUILD)/fuzz/fuzz_hdf5%: READING = $(HDF5_LIBRARIES)
$(BUILD)/fuzz/fuzz_hdf5%: ALL_CFLAGS += $(HDF5_FLAGS) -DH5_USE_110_API
$(BUILD)/fuzz/%: tests/fuzz/%.c $(LIB) $(BUILD)/link
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(CC) $(ALL_CFLAGS) $(CPPFLAGS) -MMD -MP $(LDFLAGS) -fsanitize=fuzzer -o $@ $< $(LIB) \
		$(LINK) $(QUIETLY)

fuzz-targets: $(FUZZ_TARGETS)

fuzz: ## feed what reads numbers, sounds and HDF5 with what clang's libFuzzer finds (FUZZ='--seconds N')
	@$(MAKE) --no-print-directory fuzz-targets $(FUZZED)
	@tests/fuzz/run $(FUZZ) build/fuzz/fuzz

bench: all ## measure speed and memory side by side with the peers (make deps-bench)
	@GX_BIN='$(abspath $(BIN))' GX_BUILD='$(abspath $(BUILD))' tests/bench/run

# ---- completions, which each program prints ----

COMPLETED := $(BUILD)/completions
COMPLETIONS := $(COMMANDS:%=$(COMPLETED)/bash-completion/completions/%) \
	       $(COMMANDS:%=$(COMPLETED)/zsh/site-functions/_%) \
	       $(COMMANDS:%=$(COMPLETED)/fish/vendor_completions.d/%.fish)
PRINT_COMPLETION = @mkdir -p $(@D) && $< --completion $(1) >$@

$(COMPLETED)/bash-completion/completions/%: $(BIN)/%
	$(call PRINT_COMPLETION,bash)

$(COMPLETED)/zsh/site-functions/_%: $(BIN)/%
	$(call PRINT_COMPLETION,zsh)

$(COMPLETED)/fish/vendor_completions.d/%.fish: $(BIN)/%
	$(call PRINT_COMPLETION,fish)

# ---- installing ----

# What goes where: kind:file:place below PREFIX. The kinds are those of .make/install.
PAGES := $(wildcard man/*.1 man/*.5 man/*.7)
TEXTS := $(wildcard LICENSE README.md NEWS.md CITATION.cff examples/README.md examples/*/Snakefile)
RECIPES := $(filter-out $(TEXTS),$(filter-out $(patsubst %/,%,$(wildcard examples/*/)), \
	   $(wildcard examples/* examples/*/*)))
INSTALLED = $(foreach c,$(COMMANDS),program:$(BIN)/$c:bin/$c) \
	    $(foreach f,$(PAGES),text:$f:share/man/man$(subst .,,$(suffix $f))/$(notdir $f)) \
	    $(foreach f,$(COMPLETIONS),text:$f:share/$(f:$(COMPLETED)/%=%)) \
	    $(foreach f,$(TEXTS),text:$f:share/doc/gx/$f) \
	    $(foreach f,$(RECIPES),script:$f:share/doc/gx/$f)

# PREFIX and DESTDIR as they were given: make would read $a in them. $$, $(a) and ${a} are
# for make.
FOR_MAKE := $$( $${ $$$$
given = $(call quoted,$(if $(strip $(foreach m,$(FOR_MAKE),$(findstring $m,$(value $1)))),$($1),$(value $1)))
INSTALL = printf '%s\n' $(INSTALLED) | tr : ' ' | PREFIX=$(call given,PREFIX) \
	  DESTDIR=$(call given,DESTDIR) STRIP=$(call quoted,$(STRIP)) .make/install

install: all $(COMPLETIONS) ## install under PREFIX [/usr/local], below DESTDIR; STRIP= strips nothing
	@$(INSTALL) $@

uninstall: ## remove what install installed, and the directories that it made
	@$(INSTALL) $@

clean: ## remove what was built
	rm -rf $(BUILD) $(BIN)

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | \
		while IFS="$$(printf '\t')" read -r target text; do \
			printf '  %-16s %s\n' "$$target" "$$text"; \
		done

force:
.PHONY: all can-build deps deps-bench deps-engines deps-peers demo check check-units check-faults \
	check-sanitized check-threads fuzz fuzz-targets bench install uninstall clean help force

-include $(wildcard $(BUILD)/lib/*/*.d $(BUILD)/lib/*/*/*.d $(BUILD)/cmd/*.d $(BUILD)/tests/*.d $(BUILD)/fuzz/*.d)
