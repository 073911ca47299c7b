package transport

import (
	"context"

	"github.com/hotcold-go/hotcold/overlay/call"
)

// takeAttempt is asked by every layer before it sends a request again: Retry, Auth
// after a 401, Slash after a redirect. The budget is the call's, so that layers which
// each send twice do not send four times together. Retry sets it and takes the first
// sending from it. Without Retry in the stack there is none and the answer is always
// yes.
//
// A layer asks this last, after it knows that it can send: what is taken is not
// given back.
func takeAttempt(ctx context.Context) bool { return call.TakeAttempt(ctx) }
