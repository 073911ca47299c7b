package token

import (
	"time"

	"github.com/gofrs/flock"
)

// OpenRegular lets a test replace the file between the check and its opening.
var OpenRegular = openRegular

// EqualTokens is what a FileStore compares.
var EqualTokens = Token.equal

// WithClock lets a test set the wall clock, which synctest moves forwards only.
func WithClock(now func() time.Time) Option { return func(set *settings) { set.now = now } }

// WithRandom lets a test decide the jitter; random yields [0, 1).
func WithRandom(random func() float64) Option { return func(set *settings) { set.random = random } }

// WithLocks makes store take its locks with a function, which may call the one it is given.
func WithLocks(store *FileStore, tryLock func(try func() (bool, error)) (bool, error)) *FileStore {
	store.tryLock = func(lock *flock.Flock) (bool, error) { return tryLock(lock.TryLock) }
	return store
}
