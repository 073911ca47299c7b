package wekatest

import (
	"maps"
	"time"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator"
)

// maxTasks is how many background tasks a cluster runs at once.
const maxTasks = 32

// task is a background task; without a duration it runs until it is aborted.
type task struct {
	takes  time.Duration
	since  time.Time     // when it was started, or resumed
	done   time.Duration // of the time before that
	paused bool
	ended  func()
	abort  func()
}

// progress is how much is done at a time, from 0 to 1.
func (t *task) progress(now time.Time) float64 {
	switch done := t.worked(now); {
	case done >= t.takes && t.takes > 0:
		return 1
	case t.takes > 0:
		return float64(done) / float64(t.takes)
	}
	return 0
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
			o.Members["id"] = "CWTaskId<" + serial(o) + ">"
			o.Hidden = &task{since: now, ended: func() {}, abort: func() {}}
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

// tooManyTasks refuses what would start another background task, nil while there
// is room for one.
func (c *cluster) tooManyTasks() *simulator.Response {
	running := c.of("/tasks").Len()
	if running < maxTasks {
		return nil
	}
	return refuse(badRequest("Operation cannot start because there are already 32 tasks running", map[string]any{
		"tasks_num":      running,
		"exceptionClass": []string{"CannotStartOperationTooManyTasks", "BadStateException", "OperationFailedException"},
	}))
}

// start begins a background task that takes as long as any change of the cluster
// does. The functions are called when it ends of itself, and when it is aborted.
func (c *cluster) start(kind, description string, params map[string]any, now time.Time, ended, abort func()) *simulator.Object {
	o := c.seed("/tasks", map[string]any{"type": kind, "description": description, "params": params}, now)
	t := o.Hidden.(*task)
	t.takes, t.ended, t.abort = max(c.transition, time.Nanosecond), ended, abort
	return o
}

func (c *cluster) settleTasks(now time.Time) {
	for _, o := range c.of("/tasks").All() {
		if t := o.Hidden.(*task); t.progress(now) == 1 {
			c.of("/tasks").Remove(o)
			t.ended()
		}
	}
}

func (c *cluster) taskHandlers() map[string]simulator.Handler {
	change := func(do func(*simulator.Object, *task, time.Time)) simulator.Handler {
		return func(r *simulator.Request) simulator.Response {
			uid := r.PathValues["uid"]
			o := c.of("/tasks").Find("uid", uid)
			if o == nil {
				return notFound("uid", uid)
			}
			do(o, o.Hidden.(*task), r.Time)
			return success(nil)
		}
	}
	return map[string]simulator.Handler{
		"abortTask": change(func(o *simulator.Object, t *task, _ time.Time) {
			c.of("/tasks").Remove(o)
			t.abort()
		}),
		"pauseTask": change(func(_ *simulator.Object, t *task, now time.Time) {
			t.done, t.paused = t.worked(now), true
		}),
		"resumeTask": change(func(_ *simulator.Object, t *task, now time.Time) {
			t.done, t.since, t.paused = t.worked(now), now, false
		}),
	}
}
