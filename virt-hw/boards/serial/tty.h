/* SPDX-License-Identifier: GPL-2.0 */
/* The far end of a cable as a tty of this kernel: /dev/ttyVHW0 and on. */
#ifndef VHW_SERIAL_TTY_H
#define VHW_SERIAL_TTY_H

struct serial_port;
struct serial_tty;
struct vhw_board;

int serial_tty_init(void);
void serial_tty_exit(void);

struct serial_tty *serial_tty_create(struct vhw_board *board, struct serial_port *cable);
void serial_tty_destroy(struct serial_tty *st);
const char *serial_tty_name(const struct serial_tty *st);

#endif
