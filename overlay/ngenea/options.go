package ngenea

import (
	"github.com/hotcold-go/hotcold/overlay/internal/connect"
	"github.com/hotcold-go/hotcold/overlay/token"
)

// Option sets up a [Client]. Their order does not count; New reports those that
// contradict each other.
type Option func(*settings)

type settings struct {
	connect.Settings
	clientKey token.Secret // zero: the client has a session
}
