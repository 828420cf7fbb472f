/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Registers of the SPEC carrier: its GN4124 PCI bridge and the base design in its FPGA. Offsets
 * are bytes, registers are 32 bits wide and little-endian, names are the manuals'.
 *
 * RO, WO: read-only, write-only. W1C: writing 1 clears. W1S: writing 1 acts, reads 0. RC: reading
 * clears.
 */
#ifndef SPEC_REGS_H
#define SPEC_REGS_H

#include <linux/bits.h>
#include <linux/types.h>

#define SPEC_PCI_VENDOR			0x10dc	/* CERN */
#define  SPEC_PCI_DEVICE_45T		0x018d
#define  SPEC_PCI_DEVICE_100T		0x01a2
#define  SPEC_PCI_DEVICE_150T		0x01a3
#define SPEC_PCI_VENDOR_GENNUM		0x1a39	/* the bridge's own */
#define  SPEC_PCI_DEVICE_GN4124		0x0004

#define SPEC_BAR_WISHBONE		0
#define  SPEC_BAR_WISHBONE_SIZE		0x100000
#define SPEC_BAR_GN4124			4
#define  SPEC_BAR_GN4124_SIZE		0x1000

/* GN4124, in BAR 4 */

#define GN4124_MSI_CONTROL		0x048	/* mirrors of the MSI capability */
#define GN4124_MSI_ADDRESS_LOW		0x04c
#define GN4124_MSI_ADDRESS_HIGH		0x050
#define GN4124_MSI_DATA			0x054
#define GN4124_SYS_CFG_SYSTEM		0x800
#define  GN4124_SYS_CFG_RESET_MASK	GENMASK(15, 0)	/* the upper half stays */
#define  GN4124_SYS_CFG_RESET_ASSERT	0x3fff
#define  GN4124_SYS_CFG_RESET_RELEASE	0x7fff
#define GN4124_LB_CTL			0x804
#define GN4124_CLK_CSR			0x808
#define GN4124_PCI_BAR_CONFIG		0x80c
#define GN4124_INT_CTRL			0x810
#define GN4124_INT_STAT			0x814
#define  GN4124_INT_SW0			BIT(2)	/* written 1: raised; written 0: cleared */
#define  GN4124_INT_SW1			BIT(3)
#define  GN4124_INT_ALI			GENMASK(14, 8)	/* local bus errors, W1C */
#define  GN4124_INT_GPIO		BIT(15)	/* RO: an unmasked bit of GPIO_INT_STATUS stands */
#define GN4124_PEX_ERROR_STAT		0x818
#define GN4124_INT_CFG(n)		(0x820 + 4 * (n))	/* INT_STAT bits for output n */
#define  GN4124_INT_CFG_COUNT		8
#define GN4124_PCI_TO_ACK_TIME		0x840

#define GN4124_GPIO_BYPASS		0xa00
#define GN4124_GPIO_DIRECTION		0xa04	/* 1: input */
#define GN4124_GPIO_OUTPUT_ENABLE	0xa08
#define GN4124_GPIO_OUTPUT_VALUE	0xa0c
#define GN4124_GPIO_INPUT_VALUE		0xa10
#define GN4124_GPIO_INT_MASK		0xa14	/* RO: 1: masked */
#define GN4124_GPIO_INT_MASK_CLR	0xa18	/* W1: unmask */
#define GN4124_GPIO_INT_MASK_SET	0xa1c	/* W1: mask */
#define GN4124_GPIO_INT_STATUS		0xa20	/* RC; a standing level comes back */
#define GN4124_GPIO_INT_TYPE		0xa24	/* 1: level */
#define GN4124_GPIO_INT_VALUE		0xa28	/* 1: high or rising */
#define GN4124_GPIO_INT_ON_ANY		0xa2c	/* 1: both edges */
#define  GN4124_GPIO_PINS		GENMASK(15, 0)
#define  GN4124_GPIO_SDA		BIT(4)
#define  GN4124_GPIO_SCL		BIT(5)
#define  GN4124_GPIO_FPGA_IRQ		BIT(8)	/* the VIC's output */
#define  GN4124_GPIO_BOOTSEL1		BIT(14)
#define  GN4124_GPIO_BOOTSEL0		BIT(15)

#define GN4124_FCL_CTRL			0xb00
#define  FCL_CTRL_START_FSM		BIT(0)
#define  FCL_CTRL_SPRI_EN		BIT(1)
#define  FCL_CTRL_FSM_EN		BIT(2)
#define  FCL_CTRL_SEND_CFG_DATA		BIT(3)
#define  FCL_CTRL_LAST_BYTE_CNT		GENMASK(5, 4)	/* padding bytes in the last word */
#define  FCL_CTRL_RESET			BIT(6)
#define  FCL_CTRL_DATA_PUSH_COMP	BIT(7)
#define  FCL_CTRL_SPRI_CLK_STOP_EN	BIT(8)
#define GN4124_FCL_STATUS		0xb04
#define  FCL_STATUS_DONE		BIT(3)	/* the FPGA holds a bitstream */
#define GN4124_FCL_IODATA_IN		0xb08
#define GN4124_FCL_IODATA_OUT		0xb0c
#define GN4124_FCL_EN			0xb10
#define GN4124_FCL_TIMER_0		0xb14
#define GN4124_FCL_TIMER_1		0xb18
#define GN4124_FCL_CLK_DIV		0xb1c
#define GN4124_FCL_IRQ			0xb20
#define  FCL_IRQ_STATUS			BIT(0)
#define  FCL_IRQ_TIMER			BIT(1)
#define  FCL_IRQ_CONFIG_ERROR		BIT(2)
#define  FCL_IRQ_CONFIG_DONE		BIT(3)
#define  FCL_IRQ_FIFO_UNDERFLOW		BIT(4)
#define  FCL_IRQ_FIFO_HALFFULL		BIT(5)
#define GN4124_FCL_TIMER_CTRL		0xb24
#define GN4124_FCL_IRQ_MASK		0xb28
#define GN4124_FCL_TIMER2_0		0xb2c
#define GN4124_FCL_TIMER2_1		0xb30
#define GN4124_FCL_DBG_STS		0xb34
#define GN4124_FCL_FIFO			0xe00	/* WO: bitstream, every byte bit-reversed */

/* Metadata ROM: of the carrier at 0 of BAR 0, of the application at SPEC_APP_OFFSET's value */

#define SPEC_META_VENDOR		0x00
#define  SPEC_META_VENDOR_CERN		0x000010dc
#define SPEC_META_DEVICE		0x04
#define  SPEC_META_DEVICE_SPEC		0x53504543	/* "SPEC" */
#define  SPEC_META_DEVICE_TDC		0x574e0001
#define SPEC_META_VERSION		0x08
#define  SPEC_META_VERSION_MAJOR	GENMASK(31, 24)
#define  SPEC_META_VERSION_MINOR	GENMASK(23, 16)
#define  SPEC_META_VERSION_PATCH	GENMASK(15, 0)
#define SPEC_META_BOM			0x0c
#define  SPEC_META_BOM_LITTLE		0xfffe0000
#define  SPEC_META_BOM_SWAPPED		0x0000feff
#define SPEC_META_SOURCE_ID		0x10	/* 16 bytes */
#define SPEC_META_CAPABILITY		0x20
#define  SPEC_CAP_VIC			BIT(0)
#define  SPEC_CAP_THERMOMETER		BIT(1)
#define  SPEC_CAP_SPI			BIT(2)
#define  SPEC_CAP_WR			BIT(3)
#define  SPEC_CAP_BUILD_INFO		BIT(4)
#define  SPEC_CAP_DMA			BIT(5)
#define SPEC_META_UUID			0x30	/* 16 bytes */

/* SPEC base registers, in BAR 0 */

#define SPEC_APP_OFFSET			0x040	/* RO: byte offset of the application, 0: none */
#define SPEC_RESETS			0x044
#define  SPEC_RESET_GLOBAL		BIT(0)
#define  SPEC_RESET_APP			BIT(1)	/* the application is in reset while it stands */
#define SPEC_FMC_PRESENCE		0x048
#define  SPEC_FMC_PRESENT		BIT(0)
#define SPEC_GN4124_STATUS		0x04c
#define  SPEC_GN4124_PLL_LOCKED		BIT(0)
#define SPEC_DDR_STATUS			0x050
#define  SPEC_DDR_CALIBRATED		BIT(0)
#define SPEC_PCB_REV			0x054
#define  SPEC_PCB_REV_MASK		GENMASK(3, 0)
#define SPEC_THERM			0x070	/* to 0x7f: dead when White Rabbit is built in */
#define SPEC_I2C			0x080	/* OpenCores I2C master, 4-byte stride */
#define  SPEC_I2C_SIZE			0x20
#define  SPEC_I2C_CLOCK_KHZ		62500
#define SPEC_SPI			0x0a0	/* dead when White Rabbit is built in */
#define SPEC_DMA			0x0c0
#define SPEC_VIC			0x100
#define SPEC_BUILD_INFO			0x200	/* printable text, padded with spaces or NULs */
#define  SPEC_BUILD_INFO_SIZE		0x100
#define SPEC_WR_CORE			0x1000

/* Registers of the OpenCores I2C master, from SPEC_I2C */

#define OCI2C_PRELOW			0x00
#define OCI2C_PREHIGH			0x04
#define OCI2C_CONTROL			0x08
#define  OCI2C_CONTROL_EN		BIT(7)
#define  OCI2C_CONTROL_IEN		BIT(6)
#define OCI2C_DATA			0x0c	/* write: transmit, read: receive */
#define OCI2C_CMD			0x10	/* write */
#define  OCI2C_CMD_STA			BIT(7)
#define  OCI2C_CMD_STO			BIT(6)
#define  OCI2C_CMD_RD			BIT(5)
#define  OCI2C_CMD_WR			BIT(4)
#define  OCI2C_CMD_NACK			BIT(3)
#define  OCI2C_CMD_IACK			BIT(0)
#define OCI2C_STATUS			0x10	/* read */
#define  OCI2C_STATUS_NACK		BIT(7)
#define  OCI2C_STATUS_BUSY		BIT(6)
#define  OCI2C_STATUS_AL		BIT(5)
#define  OCI2C_STATUS_TIP		BIT(1)
#define  OCI2C_STATUS_IF		BIT(0)

/* The FMC EEPROM on that bus */

#define SPEC_FMC_EEPROM_ADDRESS		0x50
#define SPEC_FMC_EEPROM_SIZE		8192

/* DMA engine, from SPEC_DMA */

#define DMA_CTRL			0x00
#define  DMA_CTRL_START			BIT(0)	/* W1S */
#define  DMA_CTRL_ABORT			BIT(1)	/* W1S */
#define  DMA_CTRL_SWAP			GENMASK(3, 2)
#define DMA_STAT			0x04
#define  DMA_STAT_STATE			GENMASK(1, 0)
#define  DMA_STATE_IDLE			0
#define  DMA_STATE_BUSY			1
#define  DMA_STATE_ERROR		2
#define  DMA_STATE_ABORTED		3
#define  DMA_STAT_IRQ			BIT(2)	/* W1C */
#define DMA_CSTART			0x08	/* byte address in the card's DDR */
#define DMA_HSTARTL			0x0c	/* bus address in the host */
#define DMA_HSTARTH			0x10
#define DMA_LEN				0x14	/* bytes, multiple of 4, 0 is an error */
#define DMA_NEXTL			0x18	/* bus address of the next descriptor */
#define DMA_NEXTH			0x1c
#define DMA_ATTRIB			0x20
#define  DMA_ATTRIB_TO_CARD		BIT(0)	/* 0: card to host */
#define  DMA_ATTRIB_CHAIN		BIT(1)	/* NEXT is valid */
#define DMA_CUR_CSTART			0x24	/* RO, progress */
#define DMA_CUR_HOST_L			0x28
#define DMA_CUR_HOST_H			0x2c
#define DMA_CUR_LEN			0x30

#define DMA_TO_CARD_MAX			4096	/* bytes a descriptor, host to card only */
#define SPEC_DDR_SIZE			0x10000000

/**
 * struct spec_dma_descriptor - an element of a transfer list, in host memory
 * @cstart: as DMA_CSTART
 * @hstart_low: as DMA_HSTARTL
 * @hstart_high: as DMA_HSTARTH
 * @len: as DMA_LEN
 * @next_low: as DMA_NEXTL
 * @next_high: as DMA_NEXTH
 * @attrib: as DMA_ATTRIB
 * @reserved: never fetched
 */
struct spec_dma_descriptor {
	__le32 cstart;
	__le32 hstart_low;
	__le32 hstart_high;
	__le32 len;
	__le32 next_low;
	__le32 next_high;
	__le32 attrib;
	__le32 reserved;
};

/* Vectored interrupt controller, from SPEC_VIC */

#define VIC_CTL				0x00
#define  VIC_CTL_ENABLE			BIT(0)
#define  VIC_CTL_POL			BIT(1)
#define  VIC_CTL_EMU_EDGE		BIT(2)	/* the output dips after EOIR */
#define  VIC_CTL_EMU_LEN		GENMASK(18, 3)	/* clocks of 16 ns it dips */
#define VIC_RISR			0x04	/* RO: levels of the lines */
#define VIC_IER				0x08	/* WO: 1 enables */
#define VIC_IDR				0x0c	/* WO: 1 disables */
#define VIC_IMR				0x10	/* RO: enabled lines */
#define VIC_VAR				0x14	/* RO: vector being served */
#define  VIC_VAR_IDLE			0x12345678
#define VIC_SWIR			0x18	/* WO: raise lines by software */
#define VIC_EOIR			0x1c	/* WO: ends service */
#define VIC_IVT(line)			(0x80 + 4 * (line))
#define  VIC_LINES			32

#define SPEC_LINE_I2C			0
#define SPEC_LINE_SPI			1
#define SPEC_LINE_DMA			2
#define SPEC_LINE_TDC			6
#define SPEC_LINES			7

#endif
