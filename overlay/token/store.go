package token

import (
	"context"
	"sync"
)

// Store keeps tokens where several sources share them: one process ([MemoryStore]),
// the processes of a machine ([FileStore]), or wherever a site likes to (a
// Kubernetes secret, Redis, Vault). It must be safe for concurrent use.
//
// It keeps a Token as it is given: every exported field but Lifetime and Adopted, or
// the bytes that [JSONCodec] makes of it. One without tokens but with a [Refusal] is
// an entry like any other: a Store that drops it lets each process send an outdated
// password, until the account is locked.
type Store interface {
	// Load returns the token kept for id, the zero Token if there is none or if what
	// is kept cannot be read as one. It takes no lock: change in Update may call it.
	Load(ctx context.Context, id Identity) (Token, error)

	// Update locks the entry of id against every other Update, also of other
	// processes, loads it, calls change once with what it found (the zero Token for
	// nothing) and stores what change returns: nothing if change returns an error or
	// what it was given, and no entry any more if it returns the zero Token. Then it
	// unlocks. If change returned an error, that very error comes back.
	//
	// ctx limits the wait for the lock. It must not stop the storing: once change has
	// returned, the server may have replaced the old token for good, and the new one
	// exists nowhere else. A lock that ends by itself must outlast change, which talks
	// to the server for up to twice the Source's timeout.
	Update(ctx context.Context, id Identity, change func(current Token) (Token, error)) error
}

// MemoryStore is a Store for the sources of one process.
type MemoryStore struct {
	mu      sync.Mutex
	entries map[string]*memoryEntry
}

type memoryEntry struct {
	lock  chan struct{} // holds one value while locked, so that a wait can end with a context
	token Token         // guarded by MemoryStore.mu
}

// NewMemoryStore returns an empty store.
func NewMemoryStore() *MemoryStore {
	return &MemoryStore{entries: make(map[string]*memoryEntry)}
}

// Load implements [Store].
func (m *MemoryStore) Load(_ context.Context, id Identity) (Token, error) {
	entry := m.entry(id)
	m.mu.Lock()
	defer m.mu.Unlock()
	return entry.token, nil
}

// Update implements [Store].
func (m *MemoryStore) Update(ctx context.Context, id Identity, change func(Token) (Token, error)) error {
	entry := m.entry(id)
	select {
	case entry.lock <- struct{}{}:
		defer func() { <-entry.lock }()
	case <-ctx.Done():
		return ctx.Err()
	}
	current, err := m.Load(ctx, id)
	if err != nil {
		return err
	}
	next, err := change(current)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	entry.token = next
	return nil
}

func (m *MemoryStore) entry(id Identity) *memoryEntry {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := id.Key()
	entry, ok := m.entries[key]
	if !ok {
		entry = &memoryEntry{lock: make(chan struct{}, 1)}
		m.entries[key] = entry
	}
	return entry
}
