// SPDX-License-Identifier: GPL-2.0
/*
 * The order of events, on the world that is loaded. The board is a stand-in: timers ask only
 * whether it has power.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/module.h>

#include "../core/core.h"

#define EVENTS	8

struct event {
	struct vhw_timer timer;
	struct kunit *test;
	u64 period;
	int repeats;
};

struct stage {
	struct vhw_board board;
	struct event events[EVENTS];
	int order[4 * EVENTS];
	u64 times[4 * EVENTS];
	int happened;
};

static void expired(struct vhw_timer *timer, u64 when)
{
	struct event *event = container_of(timer, struct event, timer);
	struct stage *stage = event->test->priv;

	KUNIT_EXPECT_EQ(event->test, when, vhw_now());
	KUNIT_EXPECT_FALSE(event->test, vhw_timer_active(timer));
	if (stage->happened < ARRAY_SIZE(stage->order)) {
		stage->order[stage->happened] = event - stage->events;
		stage->times[stage->happened++] = when;
	}
	if (event->repeats-- > 0)
		vhw_timer_start(timer, when + event->period);
}

static void start(struct stage *stage, int event, u64 when)
{
	vhw_timer_start(&stage->events[event].timer, when);
}

/* Until so many events happened; the machine's timer does it alone */
static void wait(struct kunit *test, int events)
{
	struct stage *stage = test->priv;
	int i;

	for (i = 0; i < 2000 && READ_ONCE(stage->happened) < events; i++)
		usleep_range(500, 1000);
	KUNIT_ASSERT_EQ(test, READ_ONCE(stage->happened), events);
}

static void events_happen_in_the_order_of_their_times(struct kunit *test)
{
	static const int delays[] = { 50, 20, 70, 10, 60, 40, 30, 80 };
	static const int expected[] = { 3, 1, 6, 5, 0, 4, 2, 7 };
	struct stage *stage = test->priv;
	u64 now;
	int i;

	scoped_guard(vhw_world) {
		now = vhw_now();
		for (i = 0; i < EVENTS; i++)
			start(stage, i, now + delays[i] * NSEC_PER_USEC);
	}
	wait(test, EVENTS);
	for (i = 0; i < EVENTS; i++) {
		KUNIT_EXPECT_EQ(test, stage->order[i], expected[i]);
		KUNIT_EXPECT_EQ(test, stage->times[i], now + delays[expected[i]] * NSEC_PER_USEC);
	}
}

static void events_of_one_time_happen_in_the_order_set(struct kunit *test)
{
	static const int set[] = { 4, 2, 6, 0 };
	struct stage *stage = test->priv;
	int i;

	scoped_guard(vhw_world)
		for (i = 0; i < ARRAY_SIZE(set); i++)
			start(stage, set[i], vhw_now() + 10000);
	wait(test, ARRAY_SIZE(set));
	for (i = 0; i < ARRAY_SIZE(set); i++)
		KUNIT_EXPECT_EQ(test, stage->order[i], set[i]);
}

static void a_period_does_not_drift(struct kunit *test)
{
	struct stage *stage = test->priv;
	u64 first;
	int i;

	stage->events[0].period = 12345;
	stage->events[0].repeats = 19;
	scoped_guard(vhw_world) {
		first = vhw_now() + 1000;
		start(stage, 0, first);
	}
	wait(test, 20);
	for (i = 0; i < 20; i++)
		KUNIT_EXPECT_EQ(test, stage->times[i], first + i * 12345);
}

static void whoever_enters_the_world_finds_no_event_overdue(struct kunit *test)
{
	struct stage *stage = test->priv;
	unsigned long flags;

	local_irq_save(flags);
	scoped_guard(vhw_world)
		start(stage, 1, vhw_now() + 1000);
	mdelay(1);
	scoped_guard(vhw_world)
		KUNIT_EXPECT_EQ(test, stage->happened, 1);
	local_irq_restore(flags);
}

static void an_event_cannot_start_another_before_itself(struct kunit *test)
{
	struct stage *stage = test->priv;

	stage->events[0].period = -5000;
	stage->events[0].repeats = 1;
	scoped_guard(vhw_world)
		start(stage, 0, vhw_now() + 10000);
	wait(test, 2);
	KUNIT_EXPECT_EQ(test, stage->times[1], stage->times[0]);
}

static void a_stopped_event_does_not_happen(struct kunit *test)
{
	struct stage *stage = test->priv;

	scoped_guard(vhw_world) {
		start(stage, 0, vhw_now() + 1000);
		start(stage, 1, vhw_now() + 2000);
		start(stage, 1, vhw_now() + 3000);
		vhw_timer_stop(&stage->events[0].timer);
		vhw_timer_stop(&stage->events[0].timer);
		KUNIT_EXPECT_FALSE(test, vhw_timer_active(&stage->events[0].timer));
		KUNIT_EXPECT_TRUE(test, vhw_timer_active(&stage->events[1].timer));
	}
	wait(test, 1);
	usleep_range(2000, 3000);
	KUNIT_EXPECT_EQ(test, stage->happened, 1);
	KUNIT_EXPECT_EQ(test, stage->order[0], 1);
}

static void a_board_without_power_has_no_events(struct kunit *test)
{
	struct stage *stage = test->priv;

	guard(vhw_world)();
	stage->board.state = VHW_GONE;
	start(stage, 0, vhw_now() + 1000);
	KUNIT_EXPECT_FALSE(test, vhw_timer_active(&stage->events[0].timer));
}

static int init(struct kunit *test)
{
	struct stage *stage = kunit_kzalloc(test, sizeof(*stage), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, stage);
	stage->board.state = VHW_LIVE;
	for (i = 0; i < EVENTS; i++) {
		stage->events[i].test = test;
		vhw_timer_init(&stage->events[i].timer, &stage->board, expired);
	}
	test->priv = stage;
	return 0;
}

static void exit(struct kunit *test)
{
	struct stage *stage = test->priv;
	int i;

	guard(vhw_world)();
	for (i = 0; i < EVENTS; i++)
		vhw_timer_stop(&stage->events[i].timer);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(events_happen_in_the_order_of_their_times),
	KUNIT_CASE(events_of_one_time_happen_in_the_order_set),
	KUNIT_CASE(a_period_does_not_drift),
	KUNIT_CASE(whoever_enters_the_world_finds_no_event_overdue),
	KUNIT_CASE(an_event_cannot_start_another_before_itself),
	KUNIT_CASE(a_stopped_event_does_not_happen),
	KUNIT_CASE(a_board_without_power_has_no_events),
	{}
};

static struct kunit_suite suite = {
	.name = "vhw-world",
	.init = init,
	.exit = exit,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("Tests of the order of events in virtual hardware");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
