/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Recording what a driver and a PCI function say to each other. One recording at a time.
 */
#ifndef VHW_RECORD_H
#define VHW_RECORD_H

#include <linux/compiler.h>
#include <linux/spinlock.h>

#include "event.h"

struct pci_dev;

/* ring.c: the events, from where they happen to who reads them */
int record_ring_init(unsigned int events);
void record_ring_exit(void);
void record_ring_start(void);
size_t record_ring_take(struct record_event *to, size_t max);
void record_put(u64 now, enum record_kind kind, unsigned int bar, u32 offset, unsigned int size,
		u64 value);

/*
 * With this lock held an access is made and recorded, so that they are recorded in the order in
 * which the device saw them. Interrupts are off
 */
extern raw_spinlock_t record_lock;

/**
 * struct record_source - a way to listen
 * @begin: start to listen to a device that has no driver. May sleep
 * @end: stop; nothing of the source runs when it returns. The driver has let go. May sleep
 */
struct record_source {
	int (*begin)(struct pci_dev *pdev);
	void (*end)(struct pci_dev *pdev);
};

/* board.c: a virtual board, from its trace points */
extern const struct record_source record_board;

/* device.c: a real one, through the tap; not in User-Mode Linux */
extern const struct record_source record_device;

/* config.c: its config space, and INTA#, which shows there */
int record_config_begin(struct pci_dev *pdev);
void record_config_end(struct pci_dev *pdev);
void record_line_look(void);
void record_line_after(void);

/* interrupts.c: its interrupts */
int record_interrupts_begin(struct pci_dev *pdev);
void record_interrupts_end(void);

#endif
