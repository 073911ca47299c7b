package weka

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// ValidationError is what the cluster found wrong with a request, in an [Error] that is
// [ErrValidation]; get it with errors.As. Which members are filled depends on the
// cluster, which tells of one kind at a time.
type ValidationError struct {
	Missing   []string // parameters and members of the body that it wants
	Unknown   []string // those that this release does not know
	Parameter string   // the one that is wrong, or ""
	Reason    string   // why, in the cluster's words, or ""
	// Release is what the cluster runs, where something is unknown to it; "" where it
	// could not be asked.
	Release string
}

// Error names the parameters.
func (e *ValidationError) Error() string {
	var parts []string
	if len(e.Missing) > 0 {
		parts = append(parts, "missing: "+quoted(e.Missing))
	}
	if len(e.Unknown) > 0 {
		runs := ""
		if e.Release != "" {
			runs = " to WEKA " + e.Release + ", which this cluster runs"
		}
		parts = append(parts, "unknown"+runs+": "+quoted(e.Unknown))
	}
	if e.Parameter != "" {
		parts = append(parts, "wrong: "+strconv.Quote(e.Parameter))
	}
	if e.Reason != "" {
		parts = append(parts, strconv.Quote(e.Reason))
	}
	return strings.Join(parts, ", ")
}

func quoted(names []string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = strconv.Quote(name)
	}
	return strings.Join(all, ", ")
}

// RouteMissingError is in an [Error] that is [ErrRouteMissing]; get it with errors.As.
type RouteMissingError struct {
	Since   string // the first release that is known to have the operation
	Release string // what the cluster runs; "" where this client did not yet ask
}

// Error says which release is needed.
func (e *RouteMissingError) Error() string {
	text := "known since WEKA " + e.Since
	if e.Release != "" {
		text += "; this cluster runs " + e.Release
	}
	return text
}

// askingTime bounds the question for the release beside a call that has failed.
const askingTime = 5 * time.Second

// explain is the Detail of a call.Config.
func (c *Client) explain(ctx context.Context, operation *api.Operation, e *call.Error) error {
	switch {
	case errors.Is(e.Class, ErrRouteMissing):
		// Without JSON it was no release that said so.
		if operation.Since() != "" && e.Data != nil {
			return &RouteMissingError{Since: operation.Since(), Release: c.release.known()}
		}
	case errors.Is(e.Class, ErrValidation):
		found := readValidation(e.Data)
		if found == nil {
			return nil
		}
		if len(found.Unknown) > 0 && operation != releaseOperation {
			found.Release = c.askRelease(ctx)
		}
		return found
	}
	return nil
}

// askRelease may ask the cluster: who sends what it does not know wants to hear it.
func (c *Client) askRelease(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, askingTime)
	defer cancel()
	number, _ := c.Release(ctx) // "" with an error, which is not the caller's
	return number
}

// readValidation reads what an error answer says of parameters, nil if nothing.
func readValidation(data json.RawMessage) *ValidationError {
	var said struct {
		Missing names  `json:"missing_params"`
		Unknown names  `json:"unknown_params"`
		Param   phrase `json:"param"`
		Error   phrase `json:"error"`
		Reason  phrase `json:"reason"`
	}
	readable := json.Unmarshal(data, &said) == nil
	found := &ValidationError{Missing: said.Missing, Unknown: said.Unknown, Parameter: string(said.Param), Reason: string(said.Reason)}
	if found.Reason == "" {
		found.Reason = string(said.Error)
	} else if said.Error != "" {
		found.Reason = fmt.Sprintf("%s: %s", said.Error, said.Reason)
	}
	if !readable || found.Error() == "" {
		return nil
	}
	return found
}

// names is a list of names, or one.
type names []string

// UnmarshalJSON leaves out what is no text: it must not hide the rest.
func (n *names) UnmarshalJSON(data []byte) error {
	var list []phrase
	if json.Unmarshal(data, &list) != nil {
		var one phrase
		_ = json.Unmarshal(data, &one)
		list = []phrase{one}
	}
	for _, name := range list {
		if name != "" {
			*n = append(*n, string(name))
		}
	}
	return nil
}

// phrase is text, and none where something else stands.
type phrase string

// UnmarshalJSON never fails.
func (p *phrase) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		*p = phrase(text)
	}
	return nil
}
