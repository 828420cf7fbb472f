/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The seam between a virtual FMC carrier and the mezzanine on it: a carrier knows no more of a
 * mezzanine than a struct fmc_model, a mezzanine no more of its carrier than the fmc_* services.
 * Everything is called with the world's lock held unless it says "may sleep".
 */
#ifndef VHW_FMC_H
#define VHW_FMC_H

#include <linux/configfs.h>
#include <linux/types.h>

#include "../../core/vhw.h"

struct fmc;

#define FMC_EEPROM_SIZE		8192

/**
 * struct fmc_model - a kind of mezzanine, with the application that serves it in the carrier's FPGA
 * @name: value of the carrier's "fmc" attribute
 * @application: device word of the application's metadata ROM
 * @size: bytes of zeroed state, see fmc_priv()
 * @eeprom: contents that its EEPROM can be given, ended by an empty entry; the first one is the
 *	default
 * @init: mkdir. Set defaults, add default groups to @group. May sleep
 * @exit: counterpart of @init. May sleep
 * @power_on: the card appears. May sleep
 * @power_off: nothing runs any more. May sleep
 * @reset: the application reset is asserted or released
 * @read: a word of the mezzanine's window; false when nothing acknowledges
 * @write: likewise
 * @sync: bring the carrier's DDR up to date; it is about to be read or written
 */
struct fmc_model {
	const char *name;
	u32 application;
	size_t size;
	const struct fmc_eeprom_content {
		const char *name;
		void (*fill)(u8 image[FMC_EEPROM_SIZE]);
	} *eeprom;
	void (*init)(struct fmc *fmc, struct config_group *group);
	void (*exit)(struct fmc *fmc);
	int (*power_on)(struct fmc *fmc);
	void (*power_off)(struct fmc *fmc);
	void (*reset)(struct fmc *fmc, bool asserted);
	bool (*read)(struct fmc *fmc, u32 offset, u32 *value);
	bool (*write)(struct fmc *fmc, u32 offset, u32 value);
	void (*sync)(struct fmc *fmc);
};

/**
 * struct fmc - a mezzanine on its carrier
 * @model: what it is
 * @board: the carrier, for timers and faults
 * @fitted: it is on the connector; set by the carrier
 * @priv: its state
 */
struct fmc {
	const struct fmc_model *model;
	struct vhw_board *board;
	bool fitted;
	void *priv;
};

static inline void *fmc_priv(struct fmc *fmc)
{
	return fmc->priv;
}

/* Drive the application's interrupt line */
void fmc_set_irq(struct fmc *fmc, bool asserted);

/*
 * Store into the carrier's DDR: -ENOMEM when this machine has no memory left, -EFAULT beyond the
 * end
 */
int fmc_ddr_write(struct fmc *fmc, u32 address, const void *from, size_t length);

/* The I2C master that the carrier and the mezzanine share */
u32 fmc_i2c_read(struct fmc *fmc, u32 offset);
void fmc_i2c_write(struct fmc *fmc, u32 offset, u32 value);

extern const struct fmc_model fmc_tdc;

#endif
