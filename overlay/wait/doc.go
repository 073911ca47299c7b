// Package wait polls a server until something has happened: a filesystem is ready, a job is
// over, a snapshot is gone.
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
// Every wait follows the same rules:
//
//   - It ends: after Poll.Bound, at the deadline of the context, or at the earlier of both.
//   - It polls at once, and then at growing intervals with jitter: thousands of waits do not
//     poll in step, and none polls more than ten times a second.
//   - An unknown state counts as running, since later releases have more states.
//     Poll.OnChange shows it.
//   - A failed state is an error, as is the end of the time. Every error is an *[Error] with
//     the last value; For returns that value too.
//   - An error of Get ends the wait unless Poll.OnError tolerates it. Tolerated errors are
//     counted.
//
// A wait runs in the caller's goroutine and starts no other.
package wait
