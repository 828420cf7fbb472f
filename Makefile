# SPDX-License-Identifier: GPL-2.0
# The front door. Kbuild says what the modules are made of; tools/vm builds and runs kernels.

KERNEL ?= uml
TEST ?=
export KUNIT EXTENDED
JOBS ?= $(shell nproc)
VM := tools/vm
ifeq ($(words $(subst :, ,$(CURDIR))),1)
BUILD := $(CURDIR)/build
else
BUILD := $(shell $(VM)/build-directory "$(CURDIR)")
endif

# What a command prints, asked for only when it is needed, and then once: NAME = $(call once,NAME,COMMAND)
once = $(eval $(1) := $(shell $(2)))$($(1))

# KERNEL is uml, uml-debug or one of Debian's, as tools/vm/debian-kernel names them: 6.12, 6.12-rt, 6.1.0-50. KDIR=… builds
# for any other kernel's headers; DKMS does, in the midst of an installation of packages, and so nothing is installed then.
NEEDS := $(if $(filter uml%,$(KERNEL)),needs-uml,needs-build)
ifdef KDIR
NEEDS :=
TREE = $(BUILD)/custom
else ifeq ($(KERNEL),uml)
KDIR = $(call once,KDIR,$(VM)/uml-kernel fast)
ARCH_ARG := ARCH=um
TREE := $(BUILD)/uml
else ifeq ($(KERNEL),uml-debug)
KDIR = $(call once,KDIR,$(VM)/uml-kernel debug)
ARCH_ARG := ARCH=um
TREE := $(BUILD)/uml-debug
else
KDIR = $(call once,KDIR,$(VM)/debian-kernel $(KERNEL) headers)
WHERE = $(VM)/toolchain $(KDIR)
TREE := $(BUILD)/$(KERNEL)
endif

SUPPORTED := 6.1 6.12 7.2 7.3
RELEASE = $(call once,RELEASE,sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h 2>/dev/null)
SERIES = $(shell echo $(RELEASE) | grep -oE '^[0-9]+\.[0-9]+')

# needs-GROUP-GROUP: the Debian packages of these groups of tools/deps
needs-%:
	@tools/deps $(subst -, ,$*)

.PHONY: help modules demo check kunit shell bench plots deps install uninstall deb clean check-static check-decode \
	check-uml check-time-travel check-uml-debug check-qemu check-kernels-defects check-docs check-packaging check-deb \
	check-fresh check-harness check-mutants check-repeat check-setup check-shell check-throttle-fuzz

help: ## this list
	@echo 'make TARGET [KERNEL=uml|uml-debug|6.1|6.12|6.12-rt|...] [KDIR=<headers of another kernel>] [TEST=<part of a path>]'
	@sed -nE 's/^([a-z][a-zA-Z0-9 .%-]*):[^#]*## (.*)/\1 | \2/p' Makefile | while IFS='|' read -r target text; do \
		printf '  %-36s%s\n' "$$target" "$$text"; done

modules: $(NEEDS) ## build the modules into build/<kernel>/ (uml unless KERNEL or KDIR says otherwise)
	$(if $(filter $(SUPPORTED),$(SERIES)),,$(error Mezzanine supports kernels 6.1, 6.12, 7.2 and 7.3; \
		$(KDIR) holds $(or $(RELEASE),no kernel's build files)))
	@$(UNCHANGED) || { mkdir -p $(TREE) && printf '%s\n' '$(SETTINGS)' '$(CHECKS)' >$(TREE)/building && \
		cp -rsf $(foreach source,$(SOURCES),"$(CURDIR)/$(source)") $(TREE)/ && find $(TREE) -xtype l -delete && \
		$(WHERE) $(MAKE) -C $(KDIR) $(ARCH_ARG) M=$(TREE) -j $(JOBS) modules && mv $(TREE)/building $(TREE)/built; }

# Kbuild takes five seconds to find that nothing is to be done. It is not asked when neither sources nor kernel have changed
# since it last succeeded with the same settings. What was built with gcc's and sparse's checks is the same without them.
SOURCES := Kbuild drivers virt-hw throttle
SETTINGS = $(strip $(CURDIR) $(KDIR) $(filter-out -Werror,$(KCFLAGS)))
CHECKS = $(strip $(C) $(W) $(CF) $(filter -Werror,$(KCFLAGS)))
UNCHANGED = { read -r settings && read -r checks; } 2>/dev/null <$(TREE)/built && [ "$$settings" = '$(SETTINGS)' ] && \
	$(if $(CHECKS),[ "$$checks" = '$(CHECKS)' ] &&) \
	[ -z "$$(find Makefile $(SOURCES) $(wildcard $(KDIR)/Module.symvers) -cnewer $(TREE)/built -print -quit)" ]

QUIET_MODULES = $(MAKE) --no-print-directory -s modules >/dev/null

demo: ## virtual boards under real drivers in a stock Debian kernel, from nothing to power-off
	@tools/demo/demo $(filter-out uml%,$(KERNEL))

check: needs-build-uml-qemu-tests-static-packages ## the tests, without those that scripts call extended; ends with "N passed, N failed, N skipped"
	@tools/check/all

kunit: ## the inner loop: all KUnit suites in one boot; KUNIT=baud only modules whose name holds "baud"
	@$(QUIET_MODULES) KERNEL=uml
	@$(VM)/uml-run kunit/kunit.sh

check-static: needs-build-static ## checkpatch, sparse, W=1, kernel-doc, shellcheck: what needs no running kernel
	@tools/check/static

check-uml: needs-tests ## selftests in User-Mode Linux; TEST=ipack/ runs those whose path holds it (so do the next ones)
	@$(QUIET_MODULES) KERNEL=uml
	@$(VM)/uml-run --select $(TEST)
check-time-travel: needs-tests ## selftests in User-Mode Linux with virtual time
	@$(QUIET_MODULES) KERNEL=uml
	@$(VM)/uml-run --time-travel --select $(TEST)
check-uml-debug: needs-tests ## selftests in User-Mode Linux with KASAN, lockdep and kmemleak
	@$(QUIET_MODULES) KERNEL=uml-debug
	@$(VM)/uml-run --debug --select $(TEST)
check-qemu-%: needs-qemu-tests ## selftests in a stock kernel of Debian's, 2 CPUs: check-qemu-6.1, check-qemu-6.12-rt
	@$(QUIET_MODULES) KERNEL=$*
	@$(VM)/qemu-run --kernel $* --select $(TEST)
check-single-%: needs-qemu-tests ## those selftests for which one CPU is enough, with one
	@$(QUIET_MODULES) KERNEL=$*
	@PROCESSORS=one $(VM)/qemu-run --kernel $* --select $(TEST)
check-qemu: check-qemu-6.1 check-qemu-6.12
check-smoke-%: needs-qemu-tests ## one selftest of each subsystem in a stock kernel: check-smoke-7.3, check-smoke-6.1-rt
	@$(QUIET_MODULES) KERNEL=$*
	@SMOKE=yes $(VM)/qemu-run --kernel $* --select $(TEST)
check-icount-%: needs-qemu-tests ## limits in place, exactly, in a stock kernel whose clock counts instructions: check-icount-6.12
	@$(QUIET_MODULES) KERNEL=$*
	@$(VM)/qemu-run --kernel $* --icount --select $(TEST)
check-long-%: needs-qemu-tests ## what takes half an hour, in a stock kernel that looks after its memory: check-long-6.12
	@$(QUIET_MODULES) KERNEL=$*
	@$(VM)/qemu-run --kernel $* --long --select $(TEST)
check-board-%: needs-qemu-tests ## our drivers, and the kernel's, on QEMU's own TPCI200
	@$(QUIET_MODULES) KERNEL=$*
	@$(VM)/qemu-run --kernel $* --board --select $(TEST)

check-devices-%: needs-qemu-tests ## that devices of QEMU's are recorded, and replayed, with the kernel's drivers for them
	@$(QUIET_MODULES) KERNEL=$*
	@$(VM)/qemu-run --kernel $* --devices --select $(TEST)

check-kernels-defects: needs-tests ## that the virtual board shows the defects of the kernel's own IndustryPack drivers
	@$(QUIET_MODULES) KERNEL=uml
	@KERNELS_DRIVERS=$$($(VM)/reference-drivers uml) $(VM)/uml-run --time-travel ipoctal/kernels_defects.sh

check-decode: needs-build ## the x86 instruction decoder against assembler and processor, in user space
	@mkdir -p $(BUILD)/native
	@python3 virt-hw/tests/x86_corpus.py >$(BUILD)/native/x86_corpus.s
	@$(CC) -O2 -Wall -Wextra -Werror -no-pie -pthread -o $(BUILD)/native/x86_decode_test \
		virt-hw/tests/x86_decode_test.c virt-hw/tests/x86_harness.S $(BUILD)/native/x86_corpus.s
	@$(BUILD)/native/x86_decode_test

check-throttle-fuzz: needs-build ## the leaky buckets against a plain model of them, in user space
	@tools/check/throttle-fuzz
check-mutants: needs-uml-tests ## deliberate faults that the tests have to notice, MUTANTS=regex for some, LANES=1 for less at a time (not part of make check)
	@$(QUIET_MODULES) KERNEL=uml
	@$(QUIET_MODULES) KERNEL=uml-debug
	@tools/check/mutants '$(MUTANTS)'
check-repeat: needs-uml-tests ## that two runs of the serial tests in virtual time have the same trace
	@tools/check/repeat
check-shell: needs-qemu-tests ## make shell, as one who sits at a terminal sees it
	@tools/check/shell
check-harness: needs-uml-qemu ## that a broken test, guest or stream does not look green
	@tools/check/harness
check-setup: needs-build-uml ## that packages are got or named, and that what is cached is never broken for good
	@tools/check/setup
check-docs: needs-uml-tests ## the examples of README.md and Documentation/
	@tools/check/docs
check-kit-uml: needs-uml-tests ## the tutorials' examples, built from what make install installs, and run
	@tools/check/kit uml
check-kit-%: needs-qemu-tests ## likewise, on a stock kernel
	@tools/check/kit $*
check-packaging: needs-build-packages ## make install, the Debian packages and DKMS, in a scratch directory
	@tools/check/packaging
check-fresh: ## make demo and make kunit on a Debian 12 and a Debian 13 with nothing else, FRESH="trixie user" for a part (as root; not part of make check)
	@tools/check/fresh $(FRESH)
check-deb: needs-build-packages-fresh ## install, upgrade and purge the packages in a chroot (as root, with network; not part of make check)
	@tools/check/deb

shell: $(if $(filter uml%,$(KERNEL)),,needs-qemu) ## a prompt with the modules at hand: in UML, or with KERNEL=6.12 in QEMU
	@$(QUIET_MODULES)
	@$(if $(filter uml%,$(KERNEL)),$(VM)/uml-run $(if $(filter %-debug,$(KERNEL)),--debug),$(VM)/qemu-run --kernel $(KERNEL)) \
		--shell -- tools/vm/guest-shell

bench: $(patsubst tools/bench/%,bench-%,$(wildcard tools/bench/*)) ## all measurements; bench-NAME runs one
bench-%: needs-build-uml-qemu-tests
	@if [ -d tools/bench/$* ]; then $(MAKE) --no-print-directory -s -C tools/bench/$* bench; else tools/bench/$*; fi

plots: needs-qemu-tests ## the pictures of Documentation/throttle.md, from measurements in virtual time
	@$(QUIET_MODULES) KERNEL=uml
	@$(QUIET_MODULES) KERNEL=6.12
	@tools/bench/throttle/plots

deps: ## install the Debian packages that any other target would (as root or with sudo)
	@tools/deps

install: modules ## modules into updates/ of the kernel built for, tools into PREFIX=/usr; DESTDIR= for elsewhere
	@tools/packaging/install modules $(TREE) $(RELEASE) "$(DESTDIR)"
	@tools/packaging/install tools "$(DESTDIR)" $(PREFIX)
	@tools/packaging/install headers "$(DESTDIR)" $(PREFIX)

uninstall: ## take away what make install put there
	@tools/packaging/install remove $(RELEASE) "$(DESTDIR)" $(PREFIX)

deb: needs-packages ## Debian packages mezzanine-dkms, mezzanine-tools and mezzanine-dev, into build/deb/
	@tools/packaging/deb

clean: ## remove build/; the kernels in the cache stay
	rm -rf $(BUILD) build
