// Package wait asks a server again and again until something has come about: a
// filesystem is ready, a job is over, a snapshot is gone.
//
//	job, err := wait.For(ctx, wait.Poll[*Job]{
//		Bound: 30 * time.Minute,
//		Get:   func(ctx context.Context) (*Job, error) { return jobs.Get(ctx, id) },
//		State: func(j *Job) (string, wait.Outcome) {
//			switch j.State {
//			case "SUCCESS":
//				return j.State, wait.Done
//			case "FAILURE", "REVOKED":
//				return j.State, wait.Failed
//			}
//			return j.State, wait.Running
//		},
//	})
//
// The rules that every wait follows:
//
//   - It has an end: Poll.Bound, the deadline of the context, or the earlier of both.
//   - It looks at once, and then at growing intervals with jitter: thousands of
//     waiters do not ask in step, and none asks more than ten times a second.
//   - A state that the caller does not know is one that goes on, since releases to
//     come have more of them. Poll.OnChange shows it.
//   - A failed state is an error, and so is a wait that ends early. Every error is an
//     *[Error] that holds what was seen last; For returns that as well.
//   - An error of Get ends the wait, unless Poll.OnError says otherwise. What it
//     tolerates is counted.
//
// A wait runs in the caller's goroutine and starts no other.
package wait
