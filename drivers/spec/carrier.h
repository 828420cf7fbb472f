/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The driver's own header.
 */
#ifndef SPEC_CARRIER_H
#define SPEC_CARRIER_H

#include <linux/completion.h>
#include <linux/io.h>
#include <linux/irqdomain.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/workqueue.h>

#include "spec.h"
#include "spec_regs.h"

struct platform_device;

/**
 * enum spec_fpga - what is known about the FPGA; under spec->lock
 * @SPEC_FPGA_EMPTY: no bitstream: BAR 0 must not be touched
 * @SPEC_FPGA_UNUSABLE: a bitstream that failed a check, said in the log: BAR 0 is left alone
 * @SPEC_FPGA_LOST: it did not come back from a suspend: what was made for it is about to go
 * @SPEC_FPGA_RUNNING: base design in use; a mezzanine device exists if its application is known
 */
enum spec_fpga {
	SPEC_FPGA_EMPTY,
	SPEC_FPGA_UNUSABLE,
	SPEC_FPGA_LOST,
	SPEC_FPGA_RUNNING,
};

/**
 * struct spec_vic - the vectored interrupt controller
 * @domain: its lines 0 to SPEC_LINES - 1; NULL while the FPGA is not running
 * @lock: enabled
 * @enabled: lines as written to IER and IDR, to be written again after a loss of power
 * @unexpected: vectors that are no line's
 */
struct spec_vic {
	struct irq_domain *domain;
	raw_spinlock_t lock;
	u32 enabled;
	unsigned long unexpected;
};

/**
 * struct spec_dma - the DMA engine
 * @lock: the engine and everything here: one transfer at a time
 * @done: the engine's interrupt
 * @irq: its line, mapped
 * @list: descriptors after the first
 * @list_bus: where the engine finds @list
 * @errors: transfers that failed
 * @irqs_lost: transfers whose end was seen by looking, not by interrupt
 */
struct spec_dma {
	struct mutex lock;	/* the engine, one transfer at a time */
	struct completion done;
	int irq;
	struct spec_dma_descriptor *list;
	dma_addr_t list_bus;
	unsigned long errors;
	unsigned long irqs_lost;
};

/**
 * struct spec - a carrier
 * @pdev: the bridge
 * @gn4124: BAR 4, always there
 * @wishbone: BAR 0, alive only while @fpga is SPEC_FPGA_RUNNING
 * @id: number, in the names of its mezzanine devices
 * @irq: of the bridge
 * @self_test: the message interrupt is being tried, see gn4124.c
 * @lock: @fpga, @firmware, @fmc, @i2c: what is in the FPGA and what was made for it
 * @fpga: see enum spec_fpga
 * @firmware: file last loaded, empty if none
 * @fmc: mezzanine, or NULL
 * @i2c: platform device of the I2C master, or NULL
 * @lost: detaches the mezzanine when its driver found it gone, or the FPGA did not come back
 * @vic: see struct spec_vic
 * @dma: see struct spec_dma
 */
struct spec {
	struct pci_dev *pdev;
	void __iomem *gn4124;
	void __iomem *wishbone;
	int id;
	int irq;
	struct completion *self_test;

	struct mutex lock;	/* what is in the FPGA and what was made for it */
	enum spec_fpga fpga;
	char firmware[64];
	struct spec_fmc *fmc;
	struct platform_device *i2c;
	struct work_struct lost;

	struct spec_vic vic;
	struct spec_dma dma;
};

static inline u32 gn4124_read(struct spec *spec, u32 offset)
{
	return readl(spec->gn4124 + offset);
}

static inline void gn4124_write(struct spec *spec, u32 offset, u32 value)
{
	writel(value, spec->gn4124 + offset);
}

static inline u32 spec_read(struct spec *spec, u32 offset)
{
	return readl(spec->wishbone + offset);
}

static inline void spec_write(struct spec *spec, u32 offset, u32 value)
{
	writel(value, spec->wishbone + offset);
}

/* A register that never has all bits set does: the board is gone, or its link */
static inline bool spec_all_ones(u32 value)
{
	return value == ~0U;
}

extern const struct attribute_group *spec_groups[];

int spec_irq_init(struct spec *spec);
void spec_irq_mask(struct spec *spec);
void spec_irq_unmask(struct spec *spec);
void spec_boot_from_host(struct spec *spec, bool host);

bool spec_fcl_done(struct spec *spec);
int spec_fcl_load(struct spec *spec, const u8 *data, size_t size);

int spec_fpga_start(struct spec *spec);
void spec_fpga_stop(struct spec *spec);
int spec_fpga_load(struct spec *spec, const char *name);
int spec_fpga_resume(struct spec *spec);
void spec_fpga_lost(struct work_struct *work);

int spec_vic_init(struct spec *spec);
void spec_vic_exit(struct spec *spec);
void spec_vic_restore(struct spec *spec);
int spec_vic_map(struct spec *spec, unsigned int line);
void spec_vic_service(struct spec *spec);

int spec_dma_init(struct spec *spec);
void spec_dma_exit(struct spec *spec);

int spec_i2c_init(struct spec *spec);
void spec_i2c_exit(struct spec *spec);

int spec_fmc_init(struct spec *spec, u32 metadata);
void spec_fmc_exit(struct spec *spec);

#endif
