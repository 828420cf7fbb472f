# SPDX-License-Identifier: GPL-2.0
# The front door. Kbuild says what the modules are made of; tools/vm builds and runs kernels.

KERNEL ?= uml
TEST ?=
export KUNIT
JOBS ?= $(shell nproc)
BUILD := $(CURDIR)/build
VM := $(CURDIR)/tools/vm

# KERNEL is uml, uml-debug, 6.1 or 6.12; KDIR=… builds for any other kernel's headers.
ifdef KDIR
TREE := $(BUILD)/custom
else ifeq ($(KERNEL),uml)
KDIR = $(shell $(VM)/uml-kernel fast)
ARCH_ARG := ARCH=um
TREE := $(BUILD)/uml
else ifeq ($(KERNEL),uml-debug)
KDIR = $(shell $(VM)/uml-kernel debug)
ARCH_ARG := ARCH=um
TREE := $(BUILD)/uml-debug
else
KDIR = $(shell ls -d /usr/src/linux-headers-$(KERNEL).*-amd64 | tail -n 1)
TREE := $(BUILD)/$(KERNEL)
endif

.PHONY: modules kunit check-decode check-uml check-time-travel check-uml-debug shell clean
modules:
	@mkdir -p $(TREE)
	@cp -rsf $(CURDIR)/Kbuild $(CURDIR)/drivers $(CURDIR)/virt-hw $(CURDIR)/throttle $(TREE)/
	@find $(TREE) -xtype l -delete
	$(MAKE) -C $(KDIR) $(ARCH_ARG) M=$(TREE) -j $(JOBS) modules

# The inner loop: every KUnit suite, in one boot. KUNIT=baud runs the modules whose name holds "baud".
kunit:
	@$(MAKE) --no-print-directory -s KERNEL=uml modules >/dev/null
	@$(VM)/uml-run kunit/kunit.sh

# Selftests; TEST=ipack/ runs those whose path holds it
check-uml:
	@$(MAKE) --no-print-directory -s KERNEL=uml modules >/dev/null
	@$(VM)/uml-run --select $(TEST)
check-time-travel:
	@$(MAKE) --no-print-directory -s KERNEL=uml modules >/dev/null
	@$(VM)/uml-run --time-travel --select $(TEST)
check-uml-debug:
	@$(MAKE) --no-print-directory -s KERNEL=uml-debug modules >/dev/null
	@$(VM)/uml-run --debug --select $(TEST)

# The x86 instruction decoder against assembler and processor, in user space; needs an x86-64 machine
check-decode:
	@mkdir -p $(BUILD)/native
	@python3 virt-hw/tests/x86_corpus.py >$(BUILD)/native/x86_corpus.s
	@$(CC) -O2 -Wall -Wextra -Werror -no-pie -o $(BUILD)/native/x86_decode_test \
		virt-hw/tests/x86_decode_test.c virt-hw/tests/x86_harness.S $(BUILD)/native/x86_corpus.s
	@$(BUILD)/native/x86_decode_test

shell:
	@$(MAKE) --no-print-directory -s KERNEL=$(KERNEL) modules >/dev/null
	@$(VM)/uml-run --shell -- /bin/bash

clean:
	rm -rf $(BUILD)
