/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The seam between a virtual FMC carrier and the mezzanine on it, and the only header of the
 * carrier that a mezzanine includes: a carrier knows no more of a mezzanine than a struct
 * fmc_model, a mezzanine no more of its carrier than the fmc_* services. Everything is called with
 * the world's lock held unless it says "may sleep".
 *
 * A kind of mezzanine is a kernel module with the alias "vhw-fmc-NAME", which is loaded when NAME
 * is first written to a board's attribute "fmc".
 */
#ifndef VHW_FMC_H
#define VHW_FMC_H

#include <linux/types.h>

#include "../../core/part.h"

struct fmc;

#define FMC_EEPROM_SIZE		8192

/**
 * struct fmc_model - a kind of mezzanine, with the application that serves it in the carrier's FPGA
 * @part: its name, size, settings and faults
 * @application: device word of the application's metadata ROM
 * @eeprom: contents that its EEPROM can be given, ended by an empty entry; the first one is the
 *	default. NULL for a blank EEPROM
 * @init: it is plugged in: set defaults, add directories with vhw_part_add_dir(). May sleep.
 *	Optional
 * @exit: it is taken out, or @init failed. May sleep. Optional
 * @power_on: the board gets power. An error refuses that; say in the log why. May sleep. Optional
 * @power_off: nothing runs any more. May sleep. Optional
 * @reset: the application reset is asserted or released
 * @read: a word of the mezzanine's window; false when nothing acknowledges
 * @write: likewise
 * @sync: bring the carrier's DDR up to date; it is about to be read or written. Optional
 */
struct fmc_model {
	struct vhw_part_model part;
	u32 application;
	const struct fmc_eeprom_content {
		const char *name;
		void (*fill)(u8 image[FMC_EEPROM_SIZE]);
	} *eeprom;
	int (*init)(struct fmc *fmc);
	void (*exit)(struct fmc *fmc);
	int (*power_on)(struct fmc *fmc);
	void (*power_off)(struct fmc *fmc);
	void (*reset)(struct fmc *fmc, bool asserted);
	bool (*read)(struct fmc *fmc, u32 offset, u32 *value);
	bool (*write)(struct fmc *fmc, u32 offset, u32 value);
	void (*sync)(struct fmc *fmc);
};

int vhw_fmc_register(struct fmc_model *model);
void vhw_fmc_unregister(struct fmc_model *model);

/**
 * struct fmc_carrier - what a carrier offers; see the functions below
 * @set_irq: fmc_set_irq()
 * @ddr_write: fmc_ddr_write()
 * @i2c_read: fmc_i2c_read()
 * @i2c_write: fmc_i2c_write()
 */
struct fmc_carrier {
	void (*set_irq)(struct fmc *fmc, bool asserted);
	int (*ddr_write)(struct fmc *fmc, u32 address, const void *from, size_t length);
	u32 (*i2c_read)(struct fmc *fmc, u32 offset);
	void (*i2c_write)(struct fmc *fmc, u32 offset, u32 value);
};

/**
 * struct fmc - a mezzanine on its carrier
 * @part: its directories and faults
 * @model: what it does
 * @carrier: services
 * @board: the carrier, for timers and violations
 * @fitted: it is on the connector; the user can pull it while the board is live
 * @eeprom: directory of its EEPROM, which the carrier serves
 * @priv: its state
 */
struct fmc {
	struct vhw_part part;
	const struct fmc_model *model;
	const struct fmc_carrier *carrier;
	struct vhw_board *board;
	bool fitted;
	struct vhw_dir eeprom;
	u64 priv[];
};

static inline void *fmc_priv(struct fmc *fmc)
{
	return fmc->priv;
}

/* The mezzanine that an attribute of its main directory belongs to */
static inline struct fmc *fmc_of(struct config_item *item)
{
	return container_of(vhw_part_of(item), struct fmc, part);
}

/* Drive the application's interrupt line */
static inline void fmc_set_irq(struct fmc *fmc, bool asserted)
{
	fmc->carrier->set_irq(fmc, asserted);
}

/*
 * Store into the carrier's DDR: -ENOMEM when this machine has no memory left, -EFAULT beyond the
 * end
 */
static inline int fmc_ddr_write(struct fmc *fmc, u32 address, const void *from, size_t length)
{
	return fmc->carrier->ddr_write(fmc, address, from, length);
}

/* The I2C master that the carrier and the mezzanine share */
static inline u32 fmc_i2c_read(struct fmc *fmc, u32 offset)
{
	return fmc->carrier->i2c_read(fmc, offset);
}

static inline void fmc_i2c_write(struct fmc *fmc, u32 offset, u32 value)
{
	fmc->carrier->i2c_write(fmc, offset, value);
}

/* Does this fault of the mezzanine's table strike now? */
static inline bool fmc_fault(struct fmc *fmc, unsigned int fault)
{
	return vhw_part_fault(&fmc->part, fault);
}

#endif
