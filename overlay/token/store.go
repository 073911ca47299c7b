package token

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// Store keeps the tokens of identities for several sources: those of a process
// ([MemoryStore]), of a machine ([FileStore]), or of several machines: overlay/redisstore
// in Redis, yours in Vault or a Kubernetes secret. Implementations must be safe for
// concurrent use. The package storetest tests what is said here, and says what it means for
// several machines, whose clocks differ and whose network fails.
//
// A Store keeps every exported field of a [Token] but Lifetime and Adopted; the bytes
// of [JSONCodec] hold them all. It must also keep a Token that holds only a
// [Rejection], or every process sends an outdated password until the account is
// locked.
//
// A Source that cannot use its Store, since Load fails or Update does not call change,
// renews its token for itself and reports [NotStored]. It does not if the error is an
// [ErrUnsafeFile], nor if Load succeeds and Update returns because ctx has ended: another
// process then holds the lock and may be using the refresh token. So a Store on a network
// limits each of its requests to a few seconds, and returns an error long before ctx ends
// if its server does not respond.
type Store interface {
	// Load returns the token of id. It returns the zero Token and no error if there is
	// no entry, or one that cannot be decoded. It takes no lock: change may call it.
	Load(ctx context.Context, id Identity) (Token, error)

	// Update changes the entry of id under a lock that excludes every other Update of
	// id, also by other processes. It
	//
	//   1. takes the lock, waiting until ctx ends at most,
	//   2. loads the token, zero if there is no entry,
	//   3. calls change once with that token,
	//   4. stores the token that change returns, or removes the entry if that is zero,
	//   5. releases the lock.
	//
	// If change returns an error, Update stores nothing and returns that error. It may
	// skip storing a token equal to the loaded one.
	//
	// The end of ctx must not stop step 4: the server may have replaced the old refresh
	// token for good by then, and the new one exists only in this process. A lock that
	// expires must outlast change, which takes up to twice the timeout of the Source, or
	// be renewed.
	Update(ctx context.Context, id Identity, change func(current Token) (Token, error)) error
}

// Identity names whose session a token is, and on which system. The token of one
// identity is never used for another.
type Identity struct {
	// System is the kind of server, such as "weka".
	System string

	// Cluster names the installation. If it is set, Endpoints are ignored, so that
	// clients with different addresses of one cluster share a session.
	Cluster string

	// Endpoints are the addresses given by the caller, each with its scheme. Their
	// order, the case of scheme and host, default ports, user info and trailing slashes
	// are ignored.
	Endpoints []string

	User, Organization string
}

// Key returns 64 hexadecimal digits, equal for equal identities: a name for files and
// for the entries of other stores.
func (id Identity) Key() string {
	text, err := json.Marshal(id.normalised())
	if err != nil {
		panic(err) // strings always encode
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func (id Identity) normalised() Identity {
	if id.Cluster != "" {
		id.Endpoints = nil
		return id
	}
	endpoints := make([]string, 0, len(id.Endpoints))
	for _, endpoint := range id.Endpoints {
		endpoints = append(endpoints, normalisedEndpoint(endpoint))
	}
	slices.Sort(endpoints)
	id.Endpoints = slices.Compact(endpoints)
	return id
}

// equal compares normalised identities.
func (id Identity) equal(other Identity) bool {
	return id.System == other.System && id.Cluster == other.Cluster && slices.Equal(id.Endpoints, other.Endpoints) &&
		id.User == other.User && id.Organization == other.Organization
}

// normalisedEndpoint drops the user info, which must not get into a file.
func normalisedEndpoint(endpoint string) string {
	u, err := url.Parse(strings.TrimSpace(endpoint))
	if err != nil || u.Host == "" {
		return endpoint
	}
	u.User = nil
	u.Scheme = strings.ToLower(u.Scheme)
	u.Host = strings.ToLower(u.Host)
	if port := u.Port(); u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		u.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath, u.RawQuery, u.Fragment = "", "", ""
	return u.String()
}

// MemoryStore is a [Store] for the sources of one process. [NewMemoryStore] makes one.
type MemoryStore struct {
	mu      sync.Mutex
	entries map[string]*memoryEntry
}

type memoryEntry struct {
	lock  chan struct{} // holds a value while locked: unlike for a mutex, the wait can end with a context
	token Token         // guarded by MemoryStore.mu
}

// NewMemoryStore returns an empty store.
func NewMemoryStore() *MemoryStore {
	return &MemoryStore{entries: make(map[string]*memoryEntry)}
}

// Load implements [Store]. It returns no error.
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
