package weka

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/hotcold-go/hotcold/overlay/transport"
)

// tooManyTasks recognizes the cap of background tasks: the cluster answers 400 before
// it does anything.
func tooManyTasks(answer *http.Response) bool {
	if answer.StatusCode != http.StatusBadRequest {
		return false
	}
	var body struct {
		Data json.RawMessage `json:"data"`
	}
	return json.Unmarshal(transport.Peek(answer), &body) == nil &&
		slices.Contains(exceptions(body.Data), tooManyTasksException)
}
