# gx: small filters for gene-expression matrices. `make help` lists the targets.

MAKEFLAGS += --no-builtin-rules
ifeq ($(origin CC),default)
CC = gcc
endif

PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build
BIN ?= bin
V ?= 0
# SIMD=1: clones for x86-64, v3 and v4, bound at start-up; SIMD=0: none; SIMD=x86-64-v3:
# that level alone.
SIMD ?= 1
# STATIC=1 links all libraries in: a program starts in half the time and runs on any node.
STATIC ?= 1

CFLAGS ?= -O2 -g
WARN = -Wall -Wextra -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes -Wundef
ifeq ($(WERROR),1)
WARN += -Werror
endif
OURS = -std=c17 -D_POSIX_C_SOURCE=200809L -fopenmp -ffp-contract=off -fno-math-errno \
       -fno-trapping-math -pthread
LDLIBS_ALL = -lxxhash -lz -lzstd -lm

ifeq ($(SIMD),0)
OURS += -DGX_NO_CLONES
else ifneq ($(SIMD),1)
OURS += -DGX_NO_CLONES -march=$(SIMD)
endif

# clang brings an OpenMP of its own: beside it libgomp would take calls that are for that one.
GOMP = $(if $(findstring clang,$(CC)),,-lgomp)
# Sanitizers need the shared libraries.
ifeq ($(STATIC),1)
LINK = -static
else
LINK = -Wl,-Bstatic $(GOMP) -Wl,-Bdynamic
endif

COMMANDS := $(patsubst cmd/%.c,%,$(wildcard cmd/*.c))
# xxHash picks its code when it is compiled: this one file is compiled for each level.
LEVELED := lib/kernel/digest_level.c
LIB_SOURCES := $(filter-out $(LEVELED),$(wildcard lib/*/*.c lib/*/*/*.c))
DIGEST := $(BUILD)/lib/kernel/digest_level
LIB_OBJECTS := $(LIB_SOURCES:lib/%.c=$(BUILD)/lib/%.o) $(DIGEST)_base.o
ifeq ($(SIMD),1)
LIB_OBJECTS += $(DIGEST)_v3.o $(DIGEST)_v4.o
endif
LIB := $(BUILD)/libgx.a
PROGRAMS := $(COMMANDS:%=$(BIN)/%)

GENERATED := $(BUILD)/generated

ALL_CFLAGS = $(WARN) $(CFLAGS) $(OURS) -Ilib -I$(GENERATED)
COMPILE = $(CC) $(ALL_CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<

ifeq ($(V),1)
SAY = @:
Q =
else
SAY = @printf '  %-7s %s\n'
Q = @
endif

# libgomp could load plugins for accelerators, which gx never asks for: that a static program
# cannot is not worth two lines a program. Everything else that the linker says is shown.
QUIETLY = 2>$@.link; status=$$?; \
	  grep -v -e 'Using .dlopen. in statically' -e 'function .gomp_target_init' $@.link >&2; \
	  rm -f $@.link; exit $$status

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:

all: $(PROGRAMS) ## build the filters into bin/ (SIMD=0|x86-64-v3, STATIC=0, V=1)

# Rebuilds everything when the flags change.
FLAGS := $(CC) $(ALL_CFLAGS) $(CPPFLAGS) $(LDFLAGS) $(LINK) $(SIMD)
$(BUILD)/flags: force
	@mkdir -p $(@D)
	@echo '$(FLAGS)' | cmp -s - $@ || echo '$(FLAGS)' >$@

$(BUILD)/lib/%.o: lib/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(COMPILE)

$(DIGEST)_base.o: $(LEVELED) $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(COMPILE) -DGX_LEVEL=base

$(DIGEST)_v%.o: $(LEVELED) $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(COMPILE) -O3 -DGX_LEVEL=v$* -march=x86-64-v$*

$(LIB): $(LIB_OBJECTS)
	$(SAY) AR $@
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/cmd/%.o: cmd/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(COMPILE)

# gx-time loads a BLAS when it is asked for one, which a static program cannot: it alone
# takes the C library from the system, and everything else along.
$(BIN)/gx-time $(BUILD)/tests/test_blas $(BUILD)/tests/gx-time-wrong: \
	LINK = -Wl,-Bstatic $(GOMP) -lxxhash -lz -lzstd -Wl,-Bdynamic
$(BIN)/gx-time $(BUILD)/tests/test_blas $(BUILD)/tests/gx-time-wrong: LDLIBS_ALL = -lm -ldl

# gx-time takes its Python script along.
PEERS := $(GENERATED)/race/peers_text.h
$(PEERS): lib/race/peers.py
	@mkdir -p $(@D)
	$(SAY) TEXT $<
	$(Q){ echo 'static const unsigned char peers_text[] = {'; \
	  od -An -v -tx1 $< | sed 's/ \(..\)/ 0x\1,/g'; echo '};'; } >$@

$(BUILD)/lib/race/contest_programs.o: $(PEERS)

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

$(BIN)/%: $(BUILD)/cmd/%.o $(LIB)
	@mkdir -p $(@D)
	$(SAY) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) $(LINK) $(LDLIBS_ALL) $(QUIETLY)

# ---- what is needed ----

DEPS_BUILD = libc6-dev libxxhash-dev zlib1g-dev libzstd-dev
DEPS_RUN = parallel gnuplot-nox libopenblas0-pthread
DEPS_CHECK = bats python3 groff mandoc xxhash bsdutils gzip zstd
DEPS_BENCH = python3-numpy python3-numba python3-pandas r-cran-data.table \
	     r-cran-matrixstats mawk

DEPS_ENGINES = slurmctld slurmd slurm-client munge openssh-server openssh-client \
	       openmpi-bin iproute2 rsync snakemake procps

deps: ## install what is missing to build, run and check (apt-get, with sudo)
	@tests/install-missing $(DEPS_BUILD) $(DEPS_RUN) $(DEPS_CHECK)

deps-bench: ## install what the benchmarks compare with
	@tests/install-missing $(DEPS_BUILD) $(DEPS_RUN) $(DEPS_BENCH)

deps-engines: ## install the engines that the recipes and faults are tested under
	@tests/install-missing $(DEPS_RUN) $(DEPS_ENGINES)

demo: deps ## install what is missing, build, run the main job and time it
	@$(MAKE) --no-print-directory all
	@PATH="$(abspath $(BIN)):$$PATH" examples/demo

# ---- checks ----

UNITS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))
UNIT := $(BUILD)/tests/unit.o

$(UNIT): tests/unit/unit.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(COMPILE)

$(BUILD)/tests/%: tests/unit/%.c $(UNIT) $(LIB)
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(CC) $(ALL_CFLAGS) $(CPPFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< $(UNIT) $(LIB) \
		$(LDLIBS) $(LINK) $(LDLIBS_ALL) $(QUIETLY)

# gx-time with a switch that makes one of its strategies wrong, for the test that it notices.
SPOILED := cmd/gx-time.c $(wildcard lib/race/contest*.c)
$(BUILD)/tests/gx-time-wrong: $(SPOILED) $(wildcard lib/*/*.h lib/*/*/*.h) $(PEERS) $(LIB)
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(CC) $(ALL_CFLAGS) $(CPPFLAGS) -DGX_TEST_WRONG $(LDFLAGS) -o $@ $(SPOILED) $(LIB) \
		$(LDLIBS) $(LINK) $(LDLIBS_ALL)

CHECK = GX_BIN='$(abspath $(BIN))' GX_TESTS='$(abspath $(BUILD))/tests' tests/run

# The worked example of CONTRIBUTING.md: its one block of C, as any filter is compiled.
EXAMPLE := $(BUILD)/tests/gx-maxima
$(EXAMPLE).c: CONTRIBUTING.md
	@mkdir -p $(@D)
	$(SAY) TEXT $<
	$(Q)sed -n '/^```c$$/,/^```$$/ { /^```/! p }' $< >$@

$(EXAMPLE): $(EXAMPLE).c $(wildcard lib/*/*.h lib/*/*/*.h) $(LIB)
	$(SAY) CC $<
	$(Q)$(CC) $(ALL_CFLAGS) $(CPPFLAGS) $(LDFLAGS) -o $@ $< $(LIB) \
		$(LDLIBS) $(LINK) $(LDLIBS_ALL) $(QUIETLY)

check: all $(UNITS) $(BUILD)/tests/gx-time-wrong $(EXAMPLE) ## build and pass the tests
	@$(CHECK)

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

check-threads: ## the pipeline under every reader and writer, under ThreadSanitizer
	@$(MAKE) --no-print-directory all build/threads/tests/test_pipeline $(THREADS)
	@GX_BIN='$(CURDIR)/build/threads/bin' GX_TESTS='$(CURDIR)/build/threads/tests' \
		GX_SANITIZED=1 TSAN_OPTIONS='exitcode=66 halt_on_error=1 report_thread_leaks=0' \
		$(NOT_AT_RANDOM) tests/run test_pipeline tests/threads.bats

check-faults: all ## a thousand faults under all engines (make deps-engines; FAULTS='--seed S')
	@GX_BIN='$(abspath $(BIN))' tests/faults/run $(FAULTS)

check-sanitized: ## the tests under AddressSanitizer and UBSan
	@GX_SANITIZED=1 $(MAKE) --no-print-directory check $(SANITIZED)

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

MANDIR = $(DESTDIR)$(PREFIX)/share/man
INSTALLED = $(COMMANDS:%=$(DESTDIR)$(PREFIX)/bin/%) \
	    $(COMPLETIONS:$(COMPLETED)/%=$(DESTDIR)$(PREFIX)/share/%) \
	    $(foreach page,$(wildcard man/*.1 man/*.5 man/*.7), \
	    $(MANDIR)/man$(subst .,,$(suffix $(page)))/$(notdir $(page)))

install: all $(COMPLETIONS) ## install under PREFIX [/usr/local], below DESTDIR
	@for file in $(INSTALLED); do \
		case $$file in \
		*/bin/*) from=$(BIN)/$${file##*/} mode=755 ;; \
		*/man/*) from=man/$${file##*/} mode=644 ;; \
		*) from=$(COMPLETED)/$${file##$(DESTDIR)$(PREFIX)/share/} mode=644 ;; \
		esac; \
		mkdir -p "$${file%/*}" && install -m $$mode "$$from" "$$file" || exit 1; \
	done

uninstall: ## remove what install installed
	@rm -f $(INSTALLED)
	@for directory in $(sort $(dir $(INSTALLED))); do \
		rmdir -p "$$directory" 2>/dev/null || :; \
	done

clean: ## remove what was built
	rm -rf $(BUILD) $(BIN)

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | \
		while IFS="$$(printf '\t')" read -r target text; do \
			printf '  %-16s %s\n' "$$target" "$$text"; \
		done

force:
.PHONY: all deps deps-bench deps-engines demo check check-units check-faults \
	check-sanitized check-threads bench install uninstall clean help force

-include $(wildcard $(BUILD)/lib/*/*.d $(BUILD)/lib/*/*/*.d $(BUILD)/cmd/*.d $(BUILD)/tests/*.d)
