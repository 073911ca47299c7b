package wait_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hotcold-go/hotcold/overlay/wait"
)

func ExampleFor() {
	states := []string{"CREATING", "READY"}
	state, err := wait.For(context.Background(), wait.Poll[string]{
		Bound: time.Minute,
		First: 100 * time.Millisecond,
		Get: func(context.Context) (string, error) {
			state := states[0]
			states = states[1:]
			return state, nil
		},
		State: func(state string) (string, wait.Outcome) {
			switch state {
			case "READY":
				return state, wait.Done
			case "ERROR":
				return state, wait.Failed
			}
			return state, wait.Running
		},
		OnChange: func(state string) { fmt.Println(state) },
	})
	var failed *wait.Error[string]
	if errors.As(err, &failed) {
		fmt.Println("last state:", failed.State)
	}
	fmt.Println(state, err)
	// Output:
	// CREATING
	// READY
	// READY <nil>
}
