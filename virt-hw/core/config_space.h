/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Config space of a virtual board: bytes, and which of their bits a write changes. Pure: no lock,
 * no clock, no bus.
 */
#ifndef VHW_CONFIG_SPACE_H
#define VHW_CONFIG_SPACE_H

#include <linux/types.h>

#include "vhw.h"

#define VHW_CONFIG_SIZE	4096

/**
 * struct vhw_config - config space
 * @size: 256, or 4096 of a PCI Express function
 * @bytes: content
 * @writable: bits that a write changes
 */
struct vhw_config {
	unsigned int size;
	u8 bytes[VHW_CONFIG_SIZE];
	u8 writable[VHW_CONFIG_SIZE];
};

int vhw_config_check(const struct vhw_model *model, const char **why);
void vhw_config_reset(struct vhw_config *config, const struct vhw_model *model,
		      const struct vhw_identity *identity);
void vhw_config_mark(struct vhw_config *config, unsigned int function, bool several);
bool vhw_config_asleep(const struct vhw_config *config, const struct vhw_model *model);
bool vhw_config_wakes_reset(const struct vhw_config *config, const struct vhw_model *model);
bool vhw_config_resets(const struct vhw_config *config, const struct vhw_model *model,
		       unsigned int where, unsigned int size, u32 value);
struct vhw_identity vhw_config_identity(const struct vhw_model *model);
u32 vhw_config_read(const struct vhw_config *config, unsigned int where, unsigned int size);
void vhw_config_write(struct vhw_config *config, unsigned int where, unsigned int size, u32 value);
void vhw_config_force(struct vhw_config *config, unsigned int where, unsigned int size, u32 value);
bool vhw_config_bar(const struct vhw_config *config, const struct vhw_model *model,
		    unsigned int bar, u64 *start);

#endif
