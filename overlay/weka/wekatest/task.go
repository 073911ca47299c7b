package wekatest

import (
	"maps"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// maxTasks is the number of background tasks that a cluster runs at once.
const maxTasks = 32

// task is a background task; without a duration it runs until it is aborted.
type task struct {
	takes   time.Duration
	since   time.Time     // of the start, or of the last resumption
	done    time.Duration // of the time before
	paused  bool
	onEnd   func()
	onAbort func()
}

// progress returns the part that is done at a time, from 0 to 1.
func (t *task) progress(now time.Time) float64 {
	if t.takes <= 0 {
		return 0
	}
	return min(1, float64(t.worked(now))/float64(t.takes))
}

func (t *task) worked(now time.Time) time.Duration {
	if t.paused {
		return t.done
	}
	return t.done + now.Sub(t.since)
}

func (c *cluster) taskBehavior() simulator.Behavior {
	return simulator.Behavior{
		Complete: func(o *simulator.Object, _ *simulator.Request, now time.Time) {
			o.Members["id"] = idOf("CWTaskId", o)
			o.Hidden = &task{since: now, onEnd: func() {}, onAbort: func() {}}
		},
		Show: func(o *simulator.Object, now time.Time) map[string]any {
			shown, t := maps.Clone(o.Members), o.Hidden.(*task)
			shown["progress"] = 100 * t.progress(now)
			shown["state"], shown["is_explicitly_paused"] = "RUNNING", t.paused
			if t.paused {
				shown["state"] = "PAUSED"
			}
			return shown
		},
	}
}

// tooManyTasks rejects an operation that would start another background task; it returns
// nil if there is room for one.
func (c *cluster) tooManyTasks() *simulator.Response {
	running := c.of("/tasks").Len()
	if running < maxTasks {
		return nil
	}
	return new(badRequest("Operation cannot start because there are already 32 tasks running", map[string]any{
		"tasks_num":      running,
		"exceptionClass": []string{"CannotStartOperationTooManyTasks", "BadStateException", "OperationFailedException"},
	}))
}

// start starts a background task of the transition time. The functions are called at its
// end, and when it is aborted.
func (c *cluster) start(kind, description string, params map[string]any, now time.Time, onEnd, onAbort func()) *simulator.Object {
	o := c.seed("/tasks", map[string]any{"type": kind, "description": description, "params": params}, now)
	t := o.Hidden.(*task)
	t.takes, t.onEnd, t.onAbort = max(c.set.Transition, time.Nanosecond), onEnd, onAbort
	return o
}

func (c *cluster) settleTasks(now time.Time) {
	for _, o := range c.of("/tasks").All() {
		if t := o.Hidden.(*task); t.progress(now) == 1 {
			c.of("/tasks").Remove(o)
			t.onEnd()
		}
	}
}

func (c *cluster) onTask(change func(o *simulator.Object, t *task, now time.Time)) simulator.Handler {
	return c.on("/tasks", func(r *simulator.Request, o *simulator.Object) simulator.Response {
		change(o, o.Hidden.(*task), r.Time)
		return success(nil)
	})
}

func (c *cluster) abortTask(o *simulator.Object, t *task, _ time.Time) {
	c.of("/tasks").Remove(o)
	t.onAbort()
}

func pauseTask(_ *simulator.Object, t *task, now time.Time) { t.done, t.paused = t.worked(now), true }

func resumeTask(_ *simulator.Object, t *task, now time.Time) {
	t.done, t.since, t.paused = t.worked(now), now, false
}
