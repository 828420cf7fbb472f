# SPDX-License-Identifier: GPL-2.0
# The front door. Kbuild says what the modules are made of; tools/vm builds and runs kernels.

KERNEL ?= uml
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

.PHONY: modules clean
modules:
	@mkdir -p $(TREE)
	@cp -rsf $(CURDIR)/Kbuild $(CURDIR)/drivers $(CURDIR)/virt-hw $(CURDIR)/throttle $(TREE)/
	@find $(TREE) -xtype l -delete
	$(MAKE) -C $(KDIR) $(ARCH_ARG) M=$(TREE) -j $(JOBS) modules

clean:
	rm -rf $(BUILD)
