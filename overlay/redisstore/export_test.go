package redisstore

import (
	"context"
	"time"

	"github.com/hotcold-go/hotcold/overlay/token"
)

// SetLease shortens the lease, so that a test need not wait for it.
func (s *Store) SetLease(lease time.Duration) { s.lease = lease }

// Name is the key of an entry.
var Name = name

// Edit replaces the content of an entry.
func (s *Store) Edit(ctx context.Context, id token.Identity, edit func([]byte) []byte) error {
	found, err := s.load(ctx, id)
	if err != nil {
		return err
	}
	return s.client.Set(ctx, name(id), s.keys.seal(name(id), edit(found.content)), 0).Err()
}
