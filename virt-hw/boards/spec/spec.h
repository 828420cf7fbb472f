/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The virtual SPEC carrier: a GN4124 bridge, and an FPGA with interrupt controller, DMA engine, I2C
 * master and DDR. A part a file; each part's functions are called with the world's lock held unless
 * they say "may sleep".
 */
#ifndef VHW_SPEC_H
#define VHW_SPEC_H

#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "../../../drivers/spec/spec_regs.h"
#include "../../core/vhw.h"
#include "fmc.h"

struct spec;

/*
 * Indices of spec_faults[]: what can go wrong on the carrier, or with what every mezzanine has, in
 * the order of the specification's fault catalogue (section 6.2)
 */
enum spec_fault {
	FAULT_DMA_ERROR,
	FAULT_DMA_ABORTED,
	FAULT_DMA_STUCK,
	FAULT_DMA_IRQ_LOST,
	FAULT_DMA_IRQ_EARLY,
	FAULT_DMA_SHORT,
	FAULT_DMA_WEDGED,
	FAULT_IRQ_SPURIOUS,
	FAULT_VIC_SPURIOUS,
	FAULT_VIC_BAD_VECTOR,
	FAULT_EEPROM_NACK,
	FAULT_I2C_STUCK,
	FAULT_FCL_ERROR,
	FAULT_FCL_NO_DONE,
	FAULT_FCL_UNDERFLOW,
	FAULT_FCL_FULL,
	FAULT_GN4124_PLL,
	FAULT_DDR_CALIBRATION,
	FAULT_MSI_LOST,
	SPEC_FAULTS
};

/* GN4124: its own registers, interrupts and pins */
struct gn4124 {
	u32 msi_mirror[4];
	u32 sys_cfg;
	u32 lb_ctl;
	u32 clk_csr;
	u32 bar_config;
	u32 int_ctrl;
	u32 int_latched;	/* INT_STAT but for the GPIO's bit, which the pins make */
	u32 int_cfg[GN4124_INT_CFG_COUNT];
	u32 ack_time;
	u32 outputs;		/* interrupt outputs that stand */
	u16 bypass;
	u16 direction;
	u16 output_enable;
	u16 output_value;
	u16 input;		/* levels that the board drives into the pins */
	u16 int_mask;
	u16 int_status;
	u16 int_type;
	u16 int_value;
	u16 int_on_any;
};

void gn4124_reset(struct spec *spec);
u32 gn4124_read(struct spec *spec, u32 offset);
bool gn4124_write(struct spec *spec, u32 offset, u32 value);
void gn4124_set_pin(struct spec *spec, u16 pin, bool level);
void gn4124_local_bus_error(struct spec *spec);
unsigned int gn4124_bootsel(const struct spec *spec);

/* FPGA configuration loader of the GN4124 */
struct fcl {
	u32 ctrl;
	u32 irq;
	u32 irq_mask;
	u32 scratch[13];	/* registers without effect, by word */
	bool loading;		/* between START_FSM and the end; counted in fcl_loaders */
	bool disturbed;		/* another board was loading at the same time */
	bool synced;		/* the bitstream's sync word went by */
	u32 last_word;
	u64 words;
	u64 drained;		/* words that had left the FIFO at @drained_at */
	u64 drained_at;
};

void fcl_reset(struct spec *spec);
u32 fcl_read(struct spec *spec, u32 offset);
void fcl_write(struct spec *spec, u32 offset, u32 value);

/* Vectored interrupt controller */
struct vic {
	u32 ctl;
	u32 imr;
	u32 lines;
	u32 software;
	u32 ivt[VIC_LINES];
	u32 var;
	u32 line;		/* being served, as a mask */
	enum { VIC_IDLE, VIC_ACTIVE, VIC_DIP } state;
	struct vhw_timer dip;
};

void vic_init(struct spec *spec);
void vic_reset(struct spec *spec);
u32 vic_read(struct spec *spec, u32 offset);
void vic_write(struct spec *spec, u32 offset, u32 value);
void vic_set_line(struct spec *spec, unsigned int line, bool level);

/* DDR: pages come into being when they are first written */
#define DDR_SPARE	64

struct ddr {
	u8 **pages;
	u64 refused;		/* writes for which there was no page */
	u8 *spare[DDR_SPARE];	/* zeroed pages, ready to be written; in the world */
	unsigned int nr_spare;
	bool refilling;		/* more are on their way */
	struct work_struct refill;
};

int ddr_power_on(struct ddr *ddr);	/* may sleep */
void ddr_power_off(struct ddr *ddr);	/* may sleep */
int ddr_write(struct ddr *ddr, u32 address, const void *from, size_t length);
bool ddr_must_wait(const struct ddr *ddr, u32 length);
const void *ddr_page(const struct ddr *ddr, u32 address);

/* DMA engine */
struct spec_dma {
	u32 swap;
	u32 state;
	bool irq;
	u32 cstart;
	u64 hstart;
	u32 len;
	u64 next;
	u32 attrib;
	u32 cur_cstart;
	u64 cur_host;
	u32 cur_len;
	bool stuck;		/* busy until aborted */
	bool wedged;		/* aborted, and will not start again before a reset */
	u32 remaining;		/* bytes of this descriptor that will be moved */
	u8 bounce[PAGE_SIZE];
	struct vhw_timer step;
};

void spec_dma_init(struct spec *spec);
void spec_dma_reset(struct spec *spec);
u32 spec_dma_reg_read(struct spec *spec, u32 offset);
void spec_dma_reg_write(struct spec *spec, u32 offset, u32 value);

/* 24c64 on the mezzanine, content kept while the power is off */
struct eeprom {
	u8 image[FMC_EEPROM_SIZE];
	u16 pointer;
	u8 address_bytes;	/* of the pointer received since the start condition */
	bool selected;
	bool reading;
	u8 page[32];
	u32 page_dirty;		/* bytes of @page to be written at the stop condition */
	u64 busy_until;
};

/* OpenCores I2C master */
struct ocores {
	u16 prescale;
	u8 control;
	u8 transmit;
	u8 receive;
	u8 command;		/* in progress, 0 when none */
	bool busy;
	bool nack;
	bool irq;
	bool address_next;	/* the next byte written follows a start condition */
	struct vhw_timer done;
};

void ocores_init(struct spec *spec);
void ocores_reset(struct spec *spec);
u32 ocores_read(struct spec *spec, u32 offset);
void ocores_write(struct spec *spec, u32 offset, u32 value);

void eeprom_start(struct eeprom *eeprom);
bool eeprom_write(struct eeprom *eeprom, u8 byte, bool is_address, u64 now);
u8 eeprom_read(struct eeprom *eeprom);
void eeprom_stop(struct eeprom *eeprom, u64 now);

/**
 * struct spec_design - what a bitstream makes of the FPGA
 * @name: value of the attributes "bitstream" and "loads"
 * @device: of the metadata ROM
 * @version: likewise
 * @capability: likewise
 * @app_offset: where the application's metadata ROM lies, 0 for none
 * @app_device: its device word; 0: what the mezzanine wants
 * @swapped: built for the other byte order
 * @empty: no design at all
 */
struct spec_design {
	const char *name;
	u32 device;
	u32 version;
	u32 capability;
	u32 app_offset;
	u32 app_device;
	bool swapped;
	bool empty;
};

/*
 * struct spec - the state of a board
 * @board: the core's part
 * @flash: design loaded at power on
 * @loads: design that the next load through the FCL gives
 * @design: design in the FPGA
 * @require_sync: the FCL wants the sync word of Xilinx in the bitstream
 * @pcb_rev: of the printed circuit board
 * @resets: SPEC_RESETS
 * @gn4124: its part, as are @fcl, @vic, @ddr, @dma, @i2c
 * @eeprom: on the mezzanine; the world's
 * @connector: what is plugged into it. Taken before the world's lock
 * @powered: that is frozen, guarded by @connector
 * @leaving: so it is, since the board is being removed
 * @chosen: the user has said what is plugged in; else it is SPEC_FMC_DEFAULT when power comes on
 * @fmc: the mezzanine, or NULL. Changes with @connector and the world's lock
 * @eeprom_content: name of what the EEPROM was filled with, NULL for an image of the user's
 */
struct spec {
	struct vhw_board *board;
	const struct spec_design *flash;
	const struct spec_design *loads;
	const struct spec_design *design;
	bool require_sync;
	u8 pcb_rev;
	u32 resets;
	struct gn4124 gn4124;
	struct fcl fcl;
	struct vic vic;
	struct ddr ddr;
	struct spec_dma dma;
	struct ocores i2c;
	struct eeprom eeprom;
	struct mutex connector;	/* fmc */
	bool powered;
	bool leaving;
	bool chosen;
	struct fmc *fmc;
	const char *eeprom_content;
};

extern const struct spec_design spec_designs[];
extern const struct vhw_fault_info spec_faults[SPEC_FAULTS];

/* config.c: configfs. May sleep */
extern struct configfs_attribute *spec_attrs[];

/* eeprom_config.c: likewise, of the EEPROM */
int spec_add_eeprom(struct fmc *fmc);

/* connector.c: the mezzanine. May sleep */
#define SPEC_FMC_DEFAULT	"fmc-tdc"

extern struct vhw_parts spec_mezzanines;
int spec_plug(struct spec *spec, const struct vhw_part_model *part);
void spec_unplug(struct spec *spec);
int spec_plug_default(struct spec *spec);
void spec_strip(struct vhw_board *board);

/* carrier.c */
void spec_reset(struct vhw_board *board);
u32 spec_read(struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size);
void spec_write(struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size,
		u32 value);

/* fpga.c */
void spec_reset_application(struct spec *spec);
void spec_fpga_reset(struct spec *spec);
void spec_fpga_configure(struct spec *spec, const struct spec_design *design);

static inline bool spec_fitted(const struct spec *spec)
{
	return spec->fmc && spec->fmc->fitted;
}

static inline bool spec_fault(struct spec *spec, enum spec_fault fault)
{
	return vhw_fault(spec->board, fault);
}

#endif
