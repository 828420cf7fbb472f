// SPDX-License-Identifier: GPL-2.0
/* The SCC2698B by its registers alone: each behaviour of the manual that a driver can see. */

#include <kunit/test.h>
#include <linux/bitfield.h>
#include <linux/module.h>

#include "fake_world.h"
#include "../../tpci200/ip_module.h"

/* Characters are not traced here */
#define VHW_SERIAL_TRACE_H
static inline void trace_vhw_serial(struct vhw_board *board, unsigned int slot,
				    unsigned int channel, bool sent, u8 data, u8 status)
{
}

static inline void trace_vhw_serial_driver(struct vhw_board *board, unsigned int slot,
					   unsigned int channel, bool on)
{
}

/* In place of the carrier */
static bool irq[2];
static unsigned int faulty;

static void set_irq(struct ip_module *module, unsigned int line, bool asserted)
{
	irq[line] = asserted;
}

static bool targeted(const struct ip_module *module, int channel)
{
	return true;
}

static const struct ip_carrier carrier = { .set_irq = set_irq, .targeted = targeted };

bool vhw_part_fault(struct vhw_part *part, unsigned int fault)
{
	return fault == faulty;
}

#include "../../serial/line.c"
#include "../../serial/port.c"
#include "../scc2698_rates.c"
#include "../scc2698_state.c"
#include "../scc2698_pins.c"
#include "../scc2698_timer.c"
#include "../scc2698_tx.c"
#include "../scc2698_rx.c"
#include "../scc2698.c"

#define US		1000ull
#define MS		1000000ull
#define CHARACTER	1041667ull	/* 10 bits at 9600 baud, and a bit less than a nanosecond */
#define BIT_TIME	104167ull

static struct vhw_board board;
static struct ip_module module = { .board = &board, .carrier = &carrier };
static struct scc2698 chip;
static struct serial_port port[SCC2698_CHANNELS];

static u8 rd(unsigned int ch, unsigned int reg)
{
	return scc2698_read(&chip, 8 * ch + reg);
}

static void wr(unsigned int ch, unsigned int reg, u8 value)
{
	scc2698_write(&chip, 8 * ch + reg, value);
}

/* Registers of the block that a channel belongs to */
static u8 rdb(unsigned int ch, unsigned int reg)
{
	return scc2698_read(&chip, 16 * (ch / 2) + reg);
}

static void wrb(unsigned int ch, unsigned int reg, u8 value)
{
	scc2698_write(&chip, 16 * (ch / 2) + reg, value);
}

static void modes(unsigned int ch, u8 mr1, u8 mr2)
{
	wr(ch, SCC2698_CR, SCC2698_CR_RESET_MR);
	wr(ch, SCC2698_MR, mr1);
	wr(ch, SCC2698_MR, mr2);
}

#define MR1_8N	0x13

/* 8N1 at 9600 baud, both ways on */
static void start(unsigned int ch)
{
	modes(ch, MR1_8N, SCC2698_MR2_STOP_1);
	wr(ch, SCC2698_CSR, 0xbb);
	wr(ch, SCC2698_CR, SCC2698_CR_RX_ENABLE | SCC2698_CR_TX_ENABLE);
}

static void expect_sr(struct kunit *test, unsigned int ch, u8 status)
{
	KUNIT_EXPECT_EQ(test, rd(ch, SCC2698_SR), status);
}

#define TX_IDLE	(SCC2698_SR_TXRDY | SCC2698_SR_TXEMT)

static void send_all(unsigned int ch, const char *text)
{
	for (; *text; text++) {
		wr(ch, SCC2698_THR, *text);
		world_pass(CHARACTER);
	}
}

static u64 time_to_send(unsigned int ch)
{
	u64 begin = world.now;

	wr(ch, SCC2698_THR, 0x55);
	while (!(rd(ch, SCC2698_SR) & SCC2698_SR_TXEMT))
		world_until(timerqueue_getnext(&world.queue)->expires);
	return world.now - begin;
}

/* Channel 0 with a plug that loops it back */
static void scc_has_the_manuals_defaults_after_reset(struct kunit *test)
{
	for (unsigned int ch = 0; ch < SCC2698_CHANNELS; ch++) {
		expect_sr(test, ch, 0);
		KUNIT_EXPECT_EQ(test, rdb(ch, SCC2698_ISR), 0);
		KUNIT_EXPECT_FALSE(test, port[ch].rts);
	}
	KUNIT_EXPECT_EQ(test, rdb(0, SCC2698_IPR) & 0xf, 0xf);
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_MR), 0);
}

/* Everything that a driver can set or a stream leave behind */
static void disturb_all(void)
{
	for (unsigned int ch = 0; ch < SCC2698_CHANNELS; ch++) {
		serial_port_loop(&port[ch]);
		wr(ch, SCC2698_CR, SCC2698_CR_ASSERT_RTS);
		start(ch);
		wr(ch, SCC2698_THR, 'x');
	}
	for (unsigned int ch = 0; ch < SCC2698_CHANNELS; ch += 2) {
		wrb(ch, SCC2698_ACR, SCC2698_ACR_BRG_SET2 | SCC2698_ACR_CHANGE |
			FIELD_PREP(SCC2698_ACR_CT_MODE, SCC2698_ACR_TIMER_X1_16));
		wrb(ch, SCC2698_CTPU, 0x09);
		wrb(ch, SCC2698_CTPL, 0x01);
		rdb(ch, SCC2698_START_CT);
		wr(ch, SCC2698_CR, SCC2698_CR_TIMEOUT_ON);
		wrb(ch, SCC2698_OPCR, SCC2698_OPCR_MPP_OUTPUT | SCC2698_OPCR_MPOA |
			SCC2698_OPCR_MPOB);
		wrb(ch, SCC2698_IMR, 0xff);
	}
	rd(0, SCC2698_BRG_TEST);
	world_pass(50 * MS);
	for (unsigned int ch = 0; ch < SCC2698_CHANNELS; ch++) {
		wr(ch, SCC2698_THR, 0);
		wr(ch, SCC2698_CR, SCC2698_CR_START_BREAK);
	}
	world_pass(50 * MS);
	for (unsigned int ch = 0; ch < SCC2698_CHANNELS; ch++)
		wr(ch, SCC2698_THR, 'y');
}

static void scc_reset_brings_all_of_the_manuals_defaults_back(struct kunit *test)
{
	disturb_all();
	KUNIT_ASSERT_TRUE(test, irq[0] && irq[1]);
	scc2698_reset(&chip);
	KUNIT_EXPECT_FALSE(test, irq[0] || irq[1]);
	world_pass(1000 * MS);	/* a counter or timer that still ran would show in ISR */
	for (unsigned int ch = 0; ch < SCC2698_CHANNELS; ch++) {
		expect_sr(test, ch, 0);
		KUNIT_EXPECT_EQ(test, rdb(ch, SCC2698_ISR), 0);
		KUNIT_EXPECT_EQ(test, rdb(ch, SCC2698_CTU) << 8 | rdb(ch, SCC2698_CTL), 0);
		KUNIT_EXPECT_TRUE(test, line_level(&port[ch].own, world.now));
		KUNIT_EXPECT_FALSE(test, port[ch].rts);
		KUNIT_EXPECT_EQ(test, rd(ch, SCC2698_MR), 0);
		KUNIT_EXPECT_EQ(test, rd(ch, SCC2698_MR), 0);
		KUNIT_EXPECT_EQ(test, chip.channel[ch].csr, 0);
	}
	for (unsigned int i = 0; i < SCC2698_BLOCKS; i++) {
		KUNIT_EXPECT_EQ(test, chip.block[i].acr, 0);
		KUNIT_EXPECT_EQ(test, chip.block[i].imr, 0);
		KUNIT_EXPECT_EQ(test, chip.block[i].opcr, 0);
		KUNIT_EXPECT_EQ(test, chip.block[i].preset, 0);
		KUNIT_EXPECT_EQ(test, chip.block[i].changed, 0);
		KUNIT_EXPECT_FALSE(test, chip.block[i].timeout_mode);
		wrb(2 * i, SCC2698_OPCR, SCC2698_OPCR_MPP_OUTPUT);
		KUNIT_EXPECT_FALSE(test, port[2 * i].rts || port[2 * i + 1].rts);
	}
	modes(0, MR1_8N, SCC2698_MR2_STOP_1);
	wr(0, SCC2698_CSR, 0x66);
	wr(0, SCC2698_CR, SCC2698_CR_TX_ENABLE);
	KUNIT_EXPECT_EQ(test, time_to_send(0), 10 * NSEC_PER_SEC / 1200); /* no test rate */
}

/* Which half of MR comes first is not seen by who resets the pointer before each use */
static void scc_reset_points_to_mr1(struct kunit *test)
{
	modes(0, 0x13, 0x07);
	scc2698_reset(&chip);
	wr(0, SCC2698_MR, 0x12);
	wr(0, SCC2698_CR, SCC2698_CR_RESET_MR);
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_MR), 0x12);
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_MR), 0);
}

static void scc_disable_wins_over_enable(struct kunit *test)
{
	serial_port_loop(&port[0]);
	start(0);
	wr(0, SCC2698_CR, SCC2698_CR_RX_ENABLE | SCC2698_CR_RX_DISABLE);
	send_all(0, "a");
	expect_sr(test, 0, TX_IDLE);
	wr(0, SCC2698_CR, SCC2698_CR_TX_ENABLE | SCC2698_CR_TX_DISABLE);
	expect_sr(test, 0, 0);
}

static void scc_moves_the_mode_pointer_to_mr2_where_it_stays(struct kunit *test)
{
	modes(0, 0x13, 0x07);
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_MR), 0x07);
	wr(0, SCC2698_MR, 0x0f);
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_MR), 0x0f);
	wr(0, SCC2698_CR, SCC2698_CR_RESET_MR);
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_MR), 0x13);
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_MR), 0x0f);
}

static void scc_keeps_one_character_in_thr_while_another_is_sent(struct kunit *test)
{
	start(0);
	expect_sr(test, 0, TX_IDLE);
	wr(0, SCC2698_THR, 'a');
	expect_sr(test, 0, SCC2698_SR_TXRDY);
	wr(0, SCC2698_THR, 'b');
	expect_sr(test, 0, 0);
	world_pass(CHARACTER - 2);
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_SR) & SCC2698_SR_TXRDY, 0);
	world_pass(2);
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_SR) & TX_IDLE, SCC2698_SR_TXRDY);
	world_pass(CHARACTER);
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_SR) & TX_IDLE, TX_IDLE);
	KUNIT_EXPECT_EQ(test, world.violations, 0);
}

/* A burst of 960 characters ends exactly a second after it began: no rounding adds up */
static void scc_sends_960_characters_in_exactly_a_second(struct kunit *test)
{
	u64 begin = world.now;

	start(0);
	wr(0, SCC2698_CR, SCC2698_CR_RX_DISABLE);
	for (unsigned int i = 0; i < 960; i++) {
		wr(0, SCC2698_THR, i);
		while (!(rd(0, SCC2698_SR) & SCC2698_SR_TXRDY))
			world_until(timerqueue_getnext(&world.queue)->expires);
	}
	while (!(rd(0, SCC2698_SR) & SCC2698_SR_TXEMT))
		world_until(timerqueue_getnext(&world.queue)->expires);
	KUNIT_EXPECT_EQ(test, world.now - begin, 1000 * MS);
}

struct rate_case {
	bool set2;
	u8 code;
	unsigned int tenths;	/* of a baud */
};

static const struct rate_case rates[] = {
	{ 0, 0x0, 500 },     { 0, 0x1, 1100 },	  { 0, 0x2, 1345 },    { 0, 0x3, 2000 },
	{ 0, 0x4, 3000 },    { 0, 0x5, 6000 },	  { 0, 0x6, 12000 },   { 0, 0x7, 10500 },
	{ 0, 0x8, 24000 },   { 0, 0x9, 48000 },	  { 0, 0xa, 72000 },   { 0, 0xb, 96000 },
	{ 0, 0xc, 384000 },  { 1, 0x0, 750 },	  { 1, 0x1, 1100 },    { 1, 0x2, 384000 },
	{ 1, 0x3, 1500 },    { 1, 0x7, 20035 },	  { 1, 0xa, 18000 },   { 1, 0xc, 192000 },
};

static void rate_desc(const struct rate_case *rate, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "set %u code %X is %u.%u baud", rate->set2 + 1,
		 rate->code, rate->tenths / 10, rate->tenths % 10);
}

KUNIT_ARRAY_PARAM(rate, rates, rate_desc);

static void scc_sends_at_the_rate_of_each_code(struct kunit *test)
{
	const struct rate_case *rate = test->param_value;
	u64 ideal = div_u64(100 * NSEC_PER_SEC, rate->tenths);
	s64 off;

	start(0);
	wr(0, SCC2698_CR, SCC2698_CR_RX_DISABLE);
	wrb(0, SCC2698_ACR, rate->set2 ? SCC2698_ACR_BRG_SET2 : 0);
	wr(0, SCC2698_CSR, rate->code * 0x11);
	off = time_to_send(0) - ideal;
	KUNIT_EXPECT_LT(test, abs(off) * 2000, ideal);
}

/* ACR mode 6, preset N: 115200 / N */
static void scc_sends_at_the_rate_of_the_timer(struct kunit *test)
{
	static const unsigned int presets[] = { 2, 3, 4, 8, 12, 58, 1047 };

	start(0);
	wr(0, SCC2698_CR, SCC2698_CR_RX_DISABLE);
	wrb(0, SCC2698_ACR, FIELD_PREP(SCC2698_ACR_CT_MODE, SCC2698_ACR_TIMER_X1));
	wr(0, SCC2698_CSR, SCC2698_CSR_TIMER * 0x11);
	for (unsigned int i = 0; i < ARRAY_SIZE(presets); i++) {
		wrb(0, SCC2698_CTPU, presets[i] >> 8);
		wrb(0, SCC2698_CTPL, presets[i] & 0xff);
		rdb(0, SCC2698_START_CT);
		KUNIT_EXPECT_EQ(test, time_to_send(0),
				div_u64(10 * presets[i] * NSEC_PER_SEC, 115200));
	}
	KUNIT_EXPECT_EQ(test, world.violations, 0);
	wrb(0, SCC2698_CTPU, 0);
	wrb(0, SCC2698_CTPL, 1);
	rdb(0, SCC2698_START_CT);
	KUNIT_EXPECT_EQ(test, world.violations, 1);
}

static void scc_loses_the_fourth_character_when_a_fifth_begins(struct kunit *test)
{
	serial_port_loop(&port[0]);
	start(0);
	send_all(0, "123");
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_SR) & 0xf3, SCC2698_SR_RXRDY | SCC2698_SR_FFULL);
	send_all(0, "4");
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_SR) & 0xf3, SCC2698_SR_RXRDY | SCC2698_SR_FFULL);
	send_all(0, "56");
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_SR) & 0xf3,
			SCC2698_SR_RXRDY | SCC2698_SR_FFULL | SCC2698_SR_OVERRUN);
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_RHR), '1');
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_SR) & SCC2698_SR_FFULL, SCC2698_SR_FFULL);
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_RHR), '2');
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_RHR), '3');
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_RHR), '6');
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_SR) & 0xf3, SCC2698_SR_OVERRUN);
	wr(0, SCC2698_CR, SCC2698_CR_RESET_ERROR);
	expect_sr(test, 0, TX_IDLE);
	KUNIT_EXPECT_EQ(test, world.violations, 0);
	rd(0, SCC2698_RHR);
	KUNIT_EXPECT_EQ(test, world.violations, 1);
}

static void scc_keeps_the_fifo_when_the_receiver_is_disabled(struct kunit *test)
{
	serial_port_loop(&port[0]);
	start(0);
	send_all(0, "xy");
	wr(0, SCC2698_CR, SCC2698_CR_RX_DISABLE);
	send_all(0, "z");
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_RHR), 'x');
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_RHR), 'y');
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_SR) & SCC2698_SR_RXRDY, 0);
	wr(0, SCC2698_CR, SCC2698_CR_RX_ENABLE);
	send_all(0, "q");
	wr(0, SCC2698_CR, SCC2698_CR_RESET_RX);
	expect_sr(test, 0, TX_IDLE);
}

/* Channel 0 sends with even, channel 1 expects odd parity, or the other way round */
static void scc_flags_parity_errors_of_the_character_they_belong_to(struct kunit *test)
{
	serial_port_join(&port[0], &port[1]);
	start(0);
	start(1);
	modes(0, 0x03, SCC2698_MR2_STOP_1);
	modes(1, 0x03, SCC2698_MR2_STOP_1);
	wr(0, SCC2698_THR, 'a');
	world_pass(2 * MS);
	modes(0, 0x03 | SCC2698_MR1_PARITY_ODD, SCC2698_MR2_STOP_1);
	wr(0, SCC2698_THR, 'b');
	world_pass(2 * MS);
	modes(0, 0x03, SCC2698_MR2_STOP_1);
	wr(0, SCC2698_THR, 'c');
	world_pass(2 * MS);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_SR) & 0xf0, 0);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_RHR), 'a');
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_SR) & 0xf0, SCC2698_SR_PARITY);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_RHR), 'b');
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_SR) & 0xf0, 0);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_RHR), 'c');
}

static void scc_collects_errors_in_block_mode(struct kunit *test)
{
	serial_port_join(&port[0], &port[1]);
	start(0);
	start(1);
	modes(0, 0x03 | SCC2698_MR1_PARITY_ODD, SCC2698_MR2_STOP_1);
	modes(1, 0x03 | SCC2698_MR1_ERROR_BLOCK, SCC2698_MR2_STOP_1);
	wr(0, SCC2698_THR, 'a');
	world_pass(2 * MS);
	rd(1, SCC2698_RHR);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_SR) & 0xf0, SCC2698_SR_PARITY);
	wr(1, SCC2698_CR, SCC2698_CR_RESET_ERROR);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_SR) & 0xf0, 0);
}

static void scc_receives_a_break_as_one_zero_and_two_changes(struct kunit *test)
{
	serial_port_join(&port[0], &port[1]);
	start(0);
	start(1);
	wr(0, SCC2698_CR, SCC2698_CR_START_BREAK);
	world_pass(50 * MS);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_SR) & 0xf1, SCC2698_SR_BREAK | SCC2698_SR_RXRDY);
	KUNIT_EXPECT_EQ(test, rdb(1, SCC2698_ISR) & SCC2698_ISR_BREAK(1), SCC2698_ISR_BREAK(1));
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_RHR), 0);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_SR) & 0xf1, 0);
	wr(1, SCC2698_CR, SCC2698_CR_RESET_BREAK);
	KUNIT_EXPECT_EQ(test, rdb(1, SCC2698_ISR) & SCC2698_ISR_BREAK(1), 0);
	wr(0, SCC2698_CR, SCC2698_CR_STOP_BREAK);
	world_pass(BIT_TIME);
	KUNIT_EXPECT_EQ(test, rdb(1, SCC2698_ISR) & SCC2698_ISR_BREAK(1), SCC2698_ISR_BREAK(1));
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_SR) & 0xf1, 0);
	send_all(0, "k");
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_RHR), 'k');
}

static void scc_sends_a_break_after_what_is_in_hand(struct kunit *test)
{
	serial_port_join(&port[0], &port[1]);
	start(0);
	start(1);
	wr(0, SCC2698_THR, 'a');
	wr(0, SCC2698_THR, 'b');
	wr(0, SCC2698_CR, SCC2698_CR_START_BREAK);
	world_pass(20 * MS);
	wr(0, SCC2698_THR, 'c');
	wr(0, SCC2698_CR, SCC2698_CR_STOP_BREAK);
	world_pass(2 * MS);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_RHR), 'a');
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_RHR), 'b');
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_SR) & SCC2698_SR_BREAK, SCC2698_SR_BREAK);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_RHR), 0);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_RHR), 'c');
}

static void scc_reset_of_the_transmitter_cuts_a_character(struct kunit *test)
{
	serial_port_join(&port[0], &port[1]);
	start(0);
	start(1);
	wr(0, SCC2698_THR, 0);
	world_pass(3 * BIT_TIME);
	KUNIT_EXPECT_FALSE(test, line_level(&port[1].own, world.now));
	wr(0, SCC2698_CR, SCC2698_CR_RESET_TX);
	KUNIT_EXPECT_TRUE(test, line_level(&port[1].own, world.now));
	world_pass(2 * MS);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_RHR), 0xfc);
	expect_sr(test, 0, 0);
}

static void scc_disabled_transmitter_still_sends_what_it_holds(struct kunit *test)
{
	serial_port_join(&port[0], &port[1]);
	start(0);
	start(1);
	wr(0, SCC2698_THR, 'a');
	wr(0, SCC2698_THR, 'b');
	wr(0, SCC2698_CR, SCC2698_CR_TX_DISABLE);
	expect_sr(test, 0, 0);
	world_pass(3 * CHARACTER);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_RHR), 'a');
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_RHR), 'b');
	wr(0, SCC2698_THR, 'c');
	KUNIT_EXPECT_EQ(test, world.violations, 1);
}

static void scc_overwriting_thr_is_a_violation(struct kunit *test)
{
	start(0);
	wr(0, SCC2698_THR, 'a');
	wr(0, SCC2698_THR, 'b');
	KUNIT_EXPECT_EQ(test, world.violations, 0);
	wr(0, SCC2698_THR, 'c');
	KUNIT_EXPECT_EQ(test, world.violations, 1);
}

static void scc_pauses_the_sender_by_rts_when_its_fifo_is_full(struct kunit *test)
{
	serial_port_join(&port[0], &port[1]);
	start(0);
	start(1);
	modes(0, MR1_8N, SCC2698_MR2_STOP_1 | SCC2698_MR2_CTS);
	modes(1, MR1_8N | SCC2698_MR1_RXRTS, SCC2698_MR2_STOP_1);
	wr(0, SCC2698_THR, '0');
	world_pass(5 * MS);
	expect_sr(test, 0, 0);	/* nobody has asserted RTS */
	wr(1, SCC2698_CR, SCC2698_CR_ASSERT_RTS);
	world_pass(CHARACTER);
	send_all(0, "12");
	KUNIT_EXPECT_TRUE(test, port[1].rts);
	send_all(0, "3");	/* its start bit finds the FIFO full */
	KUNIT_EXPECT_FALSE(test, port[1].rts);
	wr(0, SCC2698_THR, '4');
	world_pass(20 * MS);
	expect_sr(test, 0, 0);
	for (char c = '0'; c <= '4'; c++) {
		KUNIT_EXPECT_EQ(test, rd(1, SCC2698_SR) & 0xf1, SCC2698_SR_RXRDY);
		KUNIT_EXPECT_EQ(test, rd(1, SCC2698_RHR), c);
		world_pass(2 * CHARACTER);
	}
	KUNIT_EXPECT_TRUE(test, port[1].rts);
	KUNIT_EXPECT_EQ(test, world.violations, 0);
}

static void scc_cts_holds_the_next_character_not_the_present_one(struct kunit *test)
{
	serial_port_join(&port[0], &port[1]);
	start(0);
	start(1);
	modes(0, MR1_8N, SCC2698_MR2_STOP_1 | SCC2698_MR2_CTS);
	wr(1, SCC2698_CR, SCC2698_CR_ASSERT_RTS);
	wr(0, SCC2698_THR, 'a');
	wr(0, SCC2698_THR, 'b');
	world_pass(BIT_TIME);
	wr(1, SCC2698_CR, SCC2698_CR_NEGATE_RTS);
	world_pass(10 * MS);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_RHR), 'a');
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_SR) & SCC2698_SR_RXRDY, 0);
	wr(1, SCC2698_CR, SCC2698_CR_ASSERT_RTS);
	world_pass(CHARACTER);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_RHR), 'b');
}

/* On RS-485, MPO is the driver's enable: it must stand until a bit after the last stop bit */
static void scc_turns_an_rs485_line_around_by_itself(struct kunit *test)
{
	struct line_wire bus;
	u64 begin;

	line_wire_init(&bus);
	chip.mpo_enables_driver = true;
	chip.echo = true;
	for (unsigned int ch = 0; ch < 2; ch++) {
		serial_port_enable(&port[ch], false);
		serial_port_join_bus(&port[ch], &bus);
		start(ch);
		modes(ch, MR1_8N, SCC2698_MR2_STOP_1 | SCC2698_MR2_TXRTS);
	}
	begin = world.now;
	wr(0, SCC2698_CR, SCC2698_CR_ASSERT_RTS);
	KUNIT_EXPECT_TRUE(test, port[0].driver.enabled);
	wr(0, SCC2698_THR, 'a');
	wr(0, SCC2698_THR, 'b');
	wr(0, SCC2698_CR, SCC2698_CR_TX_DISABLE);
	while (port[0].driver.enabled)
		world_until(timerqueue_getnext(&world.queue)->expires);
	KUNIT_EXPECT_EQ(test, world.now - begin, 21 * NSEC_PER_SEC / 9600);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_RHR), 'a');
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_RHR), 'b');
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_RHR), 'a');	/* the echo */
	for (unsigned int ch = 0; ch < 2; ch++)
		serial_port_unplug(&port[ch]);
}

static void scc_two_rs485_drivers_at_once_garble_both(struct kunit *test)
{
	struct line_wire bus;

	line_wire_init(&bus);
	chip.mpo_enables_driver = true;
	chip.echo = false;
	for (unsigned int ch = 0; ch < 3; ch++) {
		serial_port_enable(&port[ch], false);
		serial_port_join_bus(&port[ch], &bus);
		start(ch);
	}
	wr(0, SCC2698_CR, SCC2698_CR_ASSERT_RTS);
	wr(1, SCC2698_CR, SCC2698_CR_ASSERT_RTS);
	wr(0, SCC2698_THR, 0x55);
	wr(1, SCC2698_THR, 0x0f);
	world_pass(2 * MS);
	KUNIT_EXPECT_EQ(test, rd(2, SCC2698_RHR), 0x05);
	/* without echo, who drives hears nothing */
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_SR) & SCC2698_SR_RXRDY, 0);
	for (unsigned int ch = 0; ch < 3; ch++)
		serial_port_unplug(&port[ch]);
}

static void scc_local_loopback_hears_itself_and_shows_mark(struct kunit *test)
{
	serial_port_join(&port[0], &port[1]);
	start(0);
	start(1);
	modes(0, MR1_8N, FIELD_PREP(SCC2698_MR2_MODE, SCC2698_MR2_LOCAL_LOOP) | SCC2698_MR2_STOP_1);
	wr(0, SCC2698_CR, SCC2698_CR_RX_DISABLE);
	send_all(0, "L");
	send_all(1, "X");
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_RHR), 'L');
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_SR) & SCC2698_SR_RXRDY, 0);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_SR) & SCC2698_SR_RXRDY, 0);
}

static void scc_echo_modes_send_back_what_arrives(struct kunit *test)
{
	serial_port_join(&port[0], &port[1]);
	start(0);
	start(1);
	modes(0, MR1_8N, FIELD_PREP(SCC2698_MR2_MODE, SCC2698_MR2_AUTO_ECHO) | SCC2698_MR2_STOP_1);
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_SR) & TX_IDLE, 0);
	send_all(1, "E");
	world_pass(CHARACTER);
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_RHR), 'E');
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_RHR), 'E');
	modes(0, MR1_8N,
	      FIELD_PREP(SCC2698_MR2_MODE, SCC2698_MR2_REMOTE_LOOP) | SCC2698_MR2_STOP_1);
	send_all(1, "R");
	world_pass(CHARACTER);
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_SR) & SCC2698_SR_RXRDY, 0);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_RHR), 'R');
}

static void scc_disabled_multidrop_receiver_stores_addresses_only(struct kunit *test)
{
	u8 data = FIELD_PREP(SCC2698_MR1_PARITY_MODE, SCC2698_MR1_MULTIDROP) | 3;

	serial_port_join(&port[0], &port[1]);
	start(0);
	start(1);
	modes(1, data, SCC2698_MR2_STOP_1);
	wr(1, SCC2698_CR, SCC2698_CR_RX_DISABLE);
	modes(0, data | SCC2698_MR1_PARITY_ODD, SCC2698_MR2_STOP_1);
	wr(0, SCC2698_THR, 0x11);
	world_pass(2 * MS);
	modes(0, data, SCC2698_MR2_STOP_1);
	wr(0, SCC2698_THR, 0x22);
	world_pass(2 * MS);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_SR) & 0x71, SCC2698_SR_PARITY | SCC2698_SR_RXRDY);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_RHR), 0x11);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_SR) & SCC2698_SR_RXRDY, 0);
	wr(1, SCC2698_CR, SCC2698_CR_RX_ENABLE);
	wr(0, SCC2698_THR, 0x33);
	world_pass(2 * MS);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_SR) & 0x71, SCC2698_SR_RXRDY);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_RHR), 0x33);
}

static void scc_reports_a_change_of_cts_once(struct kunit *test)
{
	serial_port_join(&port[0], &port[1]);
	start(0);
	start(1);
	wrb(0, SCC2698_ACR, SCC2698_ACR_CHANGE_CTS(0));
	wrb(0, SCC2698_IMR, SCC2698_ISR_MPI);
	wr(1, SCC2698_CR, SCC2698_CR_ASSERT_RTS);
	KUNIT_EXPECT_EQ(test, rdb(0, SCC2698_IPR) & SCC2698_IPCR_CTS(0), 0);
	KUNIT_EXPECT_FALSE(test, irq[0]);
	world_pass(30 * US);
	KUNIT_EXPECT_TRUE(test, irq[0]);
	KUNIT_EXPECT_EQ(test, rdb(0, SCC2698_ISR) & SCC2698_ISR_MPI, SCC2698_ISR_MPI);
	KUNIT_EXPECT_EQ(test, rdb(0, SCC2698_IPCR) & 0x11, SCC2698_IPCR_CHANGE_CTS(0));
	KUNIT_EXPECT_FALSE(test, irq[0]);
	KUNIT_EXPECT_EQ(test, world.violations, 0);
	rdb(0, SCC2698_IPCR);
	KUNIT_EXPECT_EQ(test, world.violations, 1);
}

static void scc_misses_a_pulse_of_cts_between_two_samples(struct kunit *test)
{
	serial_port_join(&port[0], &port[1]);
	wrb(0, SCC2698_ACR, SCC2698_ACR_CHANGE_CTS(0));
	wr(1, SCC2698_CR, SCC2698_CR_ASSERT_RTS);
	world_pass(10 * US);
	wr(1, SCC2698_CR, SCC2698_CR_NEGATE_RTS);
	world_pass(100 * US);
	KUNIT_EXPECT_EQ(test, rdb(0, SCC2698_ISR) & SCC2698_ISR_MPI, 0);
}

static void scc_counter_is_ready_at_its_end_and_stops_when_told(struct kunit *test)
{
	wrb(0, SCC2698_ACR, FIELD_PREP(SCC2698_ACR_CT_MODE, SCC2698_ACR_COUNTER_X1_16));
	wrb(0, SCC2698_CTPU, 0x09);
	wrb(0, SCC2698_CTPL, 0x00);	/* 2304 ticks of 4.34 us: 10 ms */
	rdb(0, SCC2698_START_CT);
	world_pass(5 * MS);
	KUNIT_EXPECT_EQ(test, rdb(0, SCC2698_CTU) << 8 | rdb(0, SCC2698_CTL), 1152);
	world_pass(5 * MS - 1);
	KUNIT_EXPECT_EQ(test, rdb(0, SCC2698_ISR), 0);
	world_pass(1);
	KUNIT_EXPECT_EQ(test, rdb(0, SCC2698_ISR), SCC2698_ISR_COUNTER);
	rdb(0, SCC2698_STOP_CT);
	KUNIT_EXPECT_EQ(test, rdb(0, SCC2698_ISR), 0);
	world_pass(100 * MS);
	KUNIT_EXPECT_EQ(test, rdb(0, SCC2698_ISR), 0);
}

static void scc_timer_is_ready_each_cycle_and_never_stops(struct kunit *test)
{
	wrb(0, SCC2698_ACR, FIELD_PREP(SCC2698_ACR_CT_MODE, SCC2698_ACR_TIMER_X1_16));
	wrb(0, SCC2698_CTPU, 0x09);
	wrb(0, SCC2698_CTPL, 0x00);	/* half a cycle: 10 ms */
	rdb(0, SCC2698_START_CT);
	for (unsigned int i = 0; i < 3; i++) {
		world_pass(20 * MS - 1);
		KUNIT_EXPECT_EQ(test, rdb(0, SCC2698_ISR), 0);
		world_pass(1);
		KUNIT_EXPECT_EQ(test, rdb(0, SCC2698_ISR), SCC2698_ISR_COUNTER);
		rdb(0, SCC2698_STOP_CT);
	}
}

/* A preset that was written meanwhile counts from half a cycle on, at which nothing is ready yet */
static void scc_timer_takes_a_new_preset_in_mid_cycle(struct kunit *test)
{
	wrb(0, SCC2698_ACR, FIELD_PREP(SCC2698_ACR_CT_MODE, SCC2698_ACR_TIMER_X1_16));
	wrb(0, SCC2698_CTPU, 0x09);
	wrb(0, SCC2698_CTPL, 0x00);	/* half a cycle: 10 ms */
	rdb(0, SCC2698_START_CT);
	world_pass(MS);
	wrb(0, SCC2698_CTPU, 0x12);	/* 20 ms */
	world_pass(9 * MS);
	KUNIT_EXPECT_EQ(test, rdb(0, SCC2698_ISR), 0);
	world_pass(20 * MS - 1);
	KUNIT_EXPECT_EQ(test, rdb(0, SCC2698_ISR), 0);
	world_pass(1);
	KUNIT_EXPECT_EQ(test, rdb(0, SCC2698_ISR), SCC2698_ISR_COUNTER);
}

static void scc_receiver_time_out_runs_from_the_last_character(struct kunit *test)
{
	serial_port_loop(&port[0]);
	start(0);
	wrb(0, SCC2698_ACR, FIELD_PREP(SCC2698_ACR_CT_MODE, SCC2698_ACR_COUNTER_X1_16));
	wrb(0, SCC2698_CTPU, 0x09);
	wr(0, SCC2698_CR, SCC2698_CR_TIMEOUT_ON);
	send_all(0, "ab");
	world_pass(9 * MS);
	KUNIT_EXPECT_EQ(test, rdb(0, SCC2698_ISR) & SCC2698_ISR_COUNTER, 0);
	world_pass(MS);
	KUNIT_EXPECT_EQ(test, rdb(0, SCC2698_ISR) & SCC2698_ISR_COUNTER, SCC2698_ISR_COUNTER);
}

static void scc_interrupts_by_int0_for_channels_0_to_3_and_int1_for_the_rest(struct kunit *test)
{
	for (unsigned int ch = 0; ch < SCC2698_CHANNELS; ch++) {
		wr(ch, SCC2698_CR, SCC2698_CR_TX_ENABLE);
		KUNIT_EXPECT_FALSE(test, irq[0] || irq[1]);
		wrb(ch, SCC2698_IMR, SCC2698_ISR_TXRDY(ch & 1));
		KUNIT_EXPECT_EQ(test, irq[0], ch < 4);
		KUNIT_EXPECT_EQ(test, irq[1], ch >= 4);
		wrb(ch, SCC2698_IMR, 0);
		KUNIT_EXPECT_FALSE(test, irq[0] || irq[1]);
	}
}

static void scc_receive_interrupt_waits_for_a_full_fifo_if_told(struct kunit *test)
{
	serial_port_loop(&port[0]);
	start(0);
	modes(0, MR1_8N | SCC2698_MR1_RXINT_FFULL, SCC2698_MR2_STOP_1);
	wrb(0, SCC2698_IMR, SCC2698_ISR_RX(0));
	send_all(0, "ab");
	KUNIT_EXPECT_FALSE(test, irq[0]);
	send_all(0, "c");
	KUNIT_EXPECT_TRUE(test, irq[0]);
	rd(0, SCC2698_RHR);
	KUNIT_EXPECT_FALSE(test, irq[0]);
}

static void scc_reading_the_brg_test_address_changes_all_rates(struct kunit *test)
{
	start(6);
	wr(6, SCC2698_CSR, 0x66);
	rd(0, SCC2698_BRG_TEST);
	KUNIT_EXPECT_EQ(test, world.violations, 1);
	KUNIT_EXPECT_EQ(test, time_to_send(6), 10 * NSEC_PER_SEC / 115200);
	rd(0, SCC2698_BRG_TEST);
	KUNIT_EXPECT_EQ(test, time_to_send(6), 10 * NSEC_PER_SEC / 1200);
}

static void scc_hears_framing_errors_from_a_sender_at_another_rate(struct kunit *test)
{
	serial_port_join(&port[0], &port[1]);
	start(0);
	start(1);
	wr(0, SCC2698_CSR, 0x88);	/* 2400 */
	wr(0, SCC2698_THR, 0x00);
	world_pass(10 * MS);
	KUNIT_EXPECT_EQ(test, rd(1, SCC2698_SR) & 0xf1, SCC2698_SR_BREAK | SCC2698_SR_RXRDY);
	wr(1, SCC2698_CR, SCC2698_CR_RESET_RX);
	wr(1, SCC2698_CR, SCC2698_CR_RX_ENABLE);
	wr(0, SCC2698_CSR, 0xcc);	/* 38400 */
	wr(0, SCC2698_THR, 0x0f);
	world_pass(10 * MS);
	KUNIT_EXPECT_NE(test, rd(1, SCC2698_RHR), 0x0f);
}

static void scc_deaf_receiver_hears_again_after_its_reset(struct kunit *test)
{
	serial_port_loop(&port[0]);
	start(0);
	faulty = IPOCTAL_RX_DEAF;
	send_all(0, "a");
	faulty = IPOCTAL_FAULTS;
	send_all(0, "b");
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_SR) & SCC2698_SR_RXRDY, 0);
	wr(0, SCC2698_CR, SCC2698_CR_RESET_RX);
	wr(0, SCC2698_CR, SCC2698_CR_RX_ENABLE);
	send_all(0, "c");
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_RHR), 'c');
}

struct fault_case {
	const char *name;
	enum ipoctal_fault fault;
	u8 status;
};

static const struct fault_case rx_faults[] = {
	{ "framing", IPOCTAL_RX_FRAMING, SCC2698_SR_RXRDY | SCC2698_SR_FRAMING },
	{ "parity", IPOCTAL_RX_PARITY, SCC2698_SR_RXRDY | SCC2698_SR_PARITY },
	{ "overrun", IPOCTAL_RX_OVERRUN, SCC2698_SR_OVERRUN },
	{ "noise", IPOCTAL_RX_NOISE, SCC2698_SR_RXRDY },
};

KUNIT_ARRAY_PARAM_DESC(rx_fault, rx_faults, name);

static void scc_injected_errors_show_in_sr(struct kunit *test)
{
	const struct fault_case *f = test->param_value;

	serial_port_loop(&port[0]);
	start(0);
	faulty = f->fault;
	send_all(0, "a");
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_SR) & 0xf1, f->status);
}

static void scc_injected_break_follows_the_character(struct kunit *test)
{
	serial_port_loop(&port[0]);
	start(0);
	faulty = IPOCTAL_RX_BREAK;
	send_all(0, "a");
	faulty = IPOCTAL_FAULTS;
	world_pass(5 * MS);
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_RHR), 'a');
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_SR) & 0xf1, SCC2698_SR_RXRDY | SCC2698_SR_BREAK);
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_RHR), 0);
	send_all(0, "b");
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_RHR), 'b');
}

static void scc_injected_loss_of_cts_ends(struct kunit *test)
{
	serial_port_loop(&port[0]);
	start(0);
	wr(0, SCC2698_CR, SCC2698_CR_ASSERT_RTS);
	modes(0, MR1_8N, SCC2698_MR2_STOP_1 | SCC2698_MR2_CTS);
	faulty = IPOCTAL_CTS_DROP;
	wr(0, SCC2698_THR, 'a');
	wr(0, SCC2698_THR, 'b');
	world_pass(5 * CHARACTER);
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_SR) & TX_IDLE, 0);
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_RHR), 'a');
	KUNIT_EXPECT_EQ(test, rdb(0, SCC2698_IPR) & SCC2698_IPCR_CTS(0), SCC2698_IPCR_CTS(0));
	faulty = IPOCTAL_FAULTS;
	world_pass(3 * CHARACTER);
	KUNIT_EXPECT_EQ(test, rd(0, SCC2698_RHR), 'b');
}

static void scc_a_stuck_transmitter_is_cured_by_its_reset(struct kunit *test)
{
	start(0);
	faulty = IPOCTAL_TX_STUCK;
	wr(0, SCC2698_THR, 'a');
	faulty = IPOCTAL_FAULTS;
	world_pass(100 * MS);
	expect_sr(test, 0, 0);
	wr(0, SCC2698_CR, SCC2698_CR_RESET_TX);
	wr(0, SCC2698_CR, SCC2698_CR_TX_ENABLE);
	expect_sr(test, 0, TX_IDLE);
}

static int init(struct kunit *test)
{
	world_init();
	faulty = IPOCTAL_FAULTS;
	memset(&chip, 0, sizeof(chip));
	memset(port, 0, sizeof(port));
	chip.handshake = true;
	scc2698_init(&chip, &module);
	for (unsigned int ch = 0; ch < SCC2698_CHANNELS; ch++) {
		serial_port_init(&port[ch]);
		scc2698_plug(&chip, ch, &port[ch]);
	}
	scc2698_reset(&chip);
	return 0;
}

static struct kunit_case cases[] = {
	KUNIT_CASE(scc_has_the_manuals_defaults_after_reset),
	KUNIT_CASE(scc_reset_brings_all_of_the_manuals_defaults_back),
	KUNIT_CASE(scc_reset_points_to_mr1),
	KUNIT_CASE(scc_disable_wins_over_enable),
	KUNIT_CASE(scc_moves_the_mode_pointer_to_mr2_where_it_stays),
	KUNIT_CASE(scc_keeps_one_character_in_thr_while_another_is_sent),
	KUNIT_CASE(scc_sends_960_characters_in_exactly_a_second),
	KUNIT_CASE_PARAM(scc_sends_at_the_rate_of_each_code, rate_gen_params),
	KUNIT_CASE(scc_sends_at_the_rate_of_the_timer),
	KUNIT_CASE(scc_loses_the_fourth_character_when_a_fifth_begins),
	KUNIT_CASE(scc_keeps_the_fifo_when_the_receiver_is_disabled),
	KUNIT_CASE(scc_flags_parity_errors_of_the_character_they_belong_to),
	KUNIT_CASE(scc_collects_errors_in_block_mode),
	KUNIT_CASE(scc_receives_a_break_as_one_zero_and_two_changes),
	KUNIT_CASE(scc_sends_a_break_after_what_is_in_hand),
	KUNIT_CASE(scc_reset_of_the_transmitter_cuts_a_character),
	KUNIT_CASE(scc_disabled_transmitter_still_sends_what_it_holds),
	KUNIT_CASE(scc_overwriting_thr_is_a_violation),
	KUNIT_CASE(scc_pauses_the_sender_by_rts_when_its_fifo_is_full),
	KUNIT_CASE(scc_cts_holds_the_next_character_not_the_present_one),
	KUNIT_CASE(scc_turns_an_rs485_line_around_by_itself),
	KUNIT_CASE(scc_two_rs485_drivers_at_once_garble_both),
	KUNIT_CASE(scc_local_loopback_hears_itself_and_shows_mark),
	KUNIT_CASE(scc_echo_modes_send_back_what_arrives),
	KUNIT_CASE(scc_disabled_multidrop_receiver_stores_addresses_only),
	KUNIT_CASE(scc_reports_a_change_of_cts_once),
	KUNIT_CASE(scc_misses_a_pulse_of_cts_between_two_samples),
	KUNIT_CASE(scc_counter_is_ready_at_its_end_and_stops_when_told),
	KUNIT_CASE(scc_timer_is_ready_each_cycle_and_never_stops),
	KUNIT_CASE(scc_timer_takes_a_new_preset_in_mid_cycle),
	KUNIT_CASE(scc_receiver_time_out_runs_from_the_last_character),
	KUNIT_CASE(scc_interrupts_by_int0_for_channels_0_to_3_and_int1_for_the_rest),
	KUNIT_CASE(scc_receive_interrupt_waits_for_a_full_fifo_if_told),
	KUNIT_CASE(scc_reading_the_brg_test_address_changes_all_rates),
	KUNIT_CASE(scc_hears_framing_errors_from_a_sender_at_another_rate),
	KUNIT_CASE(scc_deaf_receiver_hears_again_after_its_reset),
	KUNIT_CASE_PARAM(scc_injected_errors_show_in_sr, rx_fault_gen_params),
	KUNIT_CASE(scc_injected_break_follows_the_character),
	KUNIT_CASE(scc_injected_loss_of_cts_ends),
	KUNIT_CASE(scc_a_stuck_transmitter_is_cured_by_its_reset),
	{}
};

static struct kunit_suite suite = { .name = "scc2698", .init = init, .test_cases = cases };

kunit_test_suite(suite);

MODULE_DESCRIPTION("Tests of the virtual SCC2698B");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
