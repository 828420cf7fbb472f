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
TREE = $(BUILD)/custom
else ifeq ($(KERNEL),uml)
KDIR = $(shell $(VM)/uml-kernel fast)
ARCH_ARG := ARCH=um
TREE := $(BUILD)/uml
else ifeq ($(KERNEL),uml-debug)
KDIR = $(shell $(VM)/uml-kernel debug)
ARCH_ARG := ARCH=um
TREE := $(BUILD)/uml-debug
else
KDIR = $(shell $(VM)/debian-kernel $(KERNEL) headers)
TREE := $(BUILD)/$(KERNEL)
endif

SUPPORTED := 6.1 6.2 6.3 6.4 6.5 6.6 6.7 6.8 6.9 6.10 6.11 6.12
RELEASE = $(shell cat $(KDIR)/include/config/kernel.release 2>/dev/null)
SERIES = $(shell echo $(RELEASE) | grep -oE '^[0-9]+\.[0-9]+')

.PHONY: modules kunit check-static check-decode check-uml check-time-travel check-uml-debug check-qemu check-qemu-6.1 check-qemu-6.12 \
	shell clean
modules:
	$(if $(filter $(SUPPORTED),$(SERIES)),,$(error Mezzanine supports kernels 6.1 to 6.12; \
		$(KDIR) holds $(or $(RELEASE),no kernel's build files)))
	@mkdir -p $(TREE)
	@cp -rsf $(CURDIR)/Kbuild $(CURDIR)/drivers $(CURDIR)/virt-hw $(CURDIR)/throttle $(TREE)/
	@find $(TREE) -xtype l -delete
	$(MAKE) -C $(KDIR) $(ARCH_ARG) M=$(TREE) -j $(JOBS) modules

QUIET_MODULES = $(MAKE) --no-print-directory -s modules >/dev/null

# The inner loop: every KUnit suite, in one boot. KUNIT=baud runs the modules whose name holds "baud".
kunit:
	@$(QUIET_MODULES) KERNEL=uml
	@$(VM)/uml-run kunit/kunit.sh

# checkpatch, sparse, W=1, kernel-doc, shellcheck and what else needs no running kernel
check-static:
	@tools/check/static

# Selftests; TEST=ipack/ runs those whose path holds it
check-uml:
	@$(QUIET_MODULES) KERNEL=uml
	@$(VM)/uml-run --select $(TEST)
check-time-travel:
	@$(QUIET_MODULES) KERNEL=uml
	@$(VM)/uml-run --time-travel --select $(TEST)
check-uml-debug:
	@$(QUIET_MODULES) KERNEL=uml-debug
	@$(VM)/uml-run --debug --select $(TEST)
check-qemu-6.1 check-qemu-6.12: check-qemu-%:
	@$(QUIET_MODULES) KERNEL=$*
	@$(VM)/qemu-run --kernel $* --select $(TEST)
check-qemu: check-qemu-6.1 check-qemu-6.12

# The x86 instruction decoder against assembler and processor, in user space; needs an x86-64 machine
check-decode:
	@mkdir -p $(BUILD)/native
	@python3 virt-hw/tests/x86_corpus.py >$(BUILD)/native/x86_corpus.s
	@$(CC) -O2 -Wall -Wextra -Werror -no-pie -o $(BUILD)/native/x86_decode_test \
		virt-hw/tests/x86_decode_test.c virt-hw/tests/x86_harness.S $(BUILD)/native/x86_corpus.s
	@$(BUILD)/native/x86_decode_test

# A prompt: in UML, or with KERNEL=6.1 or 6.12 in QEMU
shell:
	@$(QUIET_MODULES)
	@$(if $(filter uml%,$(KERNEL)),$(VM)/uml-run $(if $(filter %-debug,$(KERNEL)),--debug),$(VM)/qemu-run --kernel $(KERNEL)) \
		--shell -- /bin/bash

clean:
	rm -rf $(BUILD)
