# SPDX-License-Identifier: GPL-2.0
# make -s -f tools/packaging/modules.mk [CONFIG=.config of a kernel]: "module DIRECTORY/NAME" for each module that Kbuild makes
# with that configuration, without those that are for tests. Kbuild files say it; they are read as Kbuild reads them.
-include $(CONFIG)

# walk DIRECTORY/
define walk
obj-m :=
src := $(1:/=)
include $(1)Kbuild
found := $$(found) $$(patsubst %.o,$(1)%,$$(filter-out tests/% %_kunit.o,$$(filter %.o,$$(obj-m))))
$$(foreach directory,$$(filter-out tests/,$$(filter %/,$$(obj-m))),$$(eval $$(call walk,$(1)$$(directory))))
endef
$(eval $(call walk,))

modules:
	@printf 'module %s\n' $(found)
