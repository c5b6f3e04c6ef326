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
OURS = -std=c17 -D_POSIX_C_SOURCE=200809L -fopenmp -ffp-contract=off -fno-math-errno \
       -fno-trapping-math -pthread
LDLIBS_ALL = -lxxhash -lz -lzstd -lm

ifeq ($(SIMD),0)
OURS += -DGX_NO_CLONES
else ifneq ($(SIMD),1)
OURS += -DGX_NO_CLONES -march=$(SIMD)
endif

# Sanitizers need the shared libraries.
ifeq ($(STATIC),1)
LINK = -static
else
LINK = -Wl,-Bstatic -lgomp -Wl,-Bdynamic
endif

COMMANDS := $(patsubst cmd/%.c,%,$(wildcard cmd/*.c))
# xxHash picks its code when it is compiled: this one file is compiled for each level.
LEVELED := lib/digest_level.c
LIB_SOURCES := $(filter-out $(LEVELED),$(wildcard lib/*.c))
LIB_OBJECTS := $(LIB_SOURCES:lib/%.c=$(BUILD)/lib/%.o) $(BUILD)/lib/digest_level_base.o
ifeq ($(SIMD),1)
LIB_OBJECTS += $(BUILD)/lib/digest_level_v3.o $(BUILD)/lib/digest_level_v4.o
endif
LIB := $(BUILD)/libgx.a
PROGRAMS := $(COMMANDS:%=$(BIN)/%)

ALL_CFLAGS = $(WARN) $(CFLAGS) $(OURS) -Ilib
COMPILE = $(CC) $(ALL_CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<

ifeq ($(V),1)
SAY = @:
Q =
else
SAY = @printf '  %-7s %s\n'
Q = @
endif

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

$(BUILD)/lib/digest_level_base.o: $(LEVELED) $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(COMPILE) -DGX_LEVEL=base

$(BUILD)/lib/digest_level_v%.o: $(LEVELED) $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(COMPILE) -DGX_LEVEL=v$* -march=x86-64-v$*

$(LIB): $(LIB_OBJECTS)
	$(SAY) AR $@
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/cmd/%.o: cmd/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(COMPILE)

$(BIN)/%: $(BUILD)/cmd/%.o $(LIB)
	@mkdir -p $(@D)
	$(SAY) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) $(LINK) $(LDLIBS_ALL)

clean: ## remove what was built
	rm -rf $(BUILD) $(BIN)

force:
.PHONY: all clean force

-include $(wildcard $(BUILD)/lib/*.d $(BUILD)/cmd/*.d $(BUILD)/tests/*.d)
