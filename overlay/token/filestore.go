package token

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// lockPoll is how often a lock that another process holds is tried.
const lockPoll = 20 * time.Millisecond

// FileStore is a [Store] in files, for the processes of a machine, and of several
// where the file system's locks work across them. Beside each file FILE lies
// FILE.lock, which is never removed: a removed lock file lets two processes hold "the" lock.
//
// Files are written whole (temporary file, fsync, rename) with mode 0600, or the mode
// and, by root, the owner that the file has; a folder that is missing is made with mode 0700. A symbolic
// link, or a folder in which others than its owner can write, is [ErrUnsafeFile]. A
// file that is no token file counts as none.
type FileStore struct {
	path  func(Identity) string
	codec Codec
}

// NewFileStore returns a store of the one file path, in the form of codec, such as
// the token file of a vendor's command line. The identity reaches the codec alone:
// if the form does not hold it, the caller answers for what the file is used with. If
// it does not hold a [Refusal] either, the file is not written for one, and a refused
// login stays with the Source that met it.
func NewFileStore(path string, codec Codec) *FileStore {
	return &FileStore{path: func(Identity) string { return path }, codec: codec}
}

// Load implements [Store].
func (f *FileStore) Load(_ context.Context, id Identity) (Token, error) {
	path := f.path(id)
	if err := checkFolder(filepath.Dir(path)); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return Token{}, nil
		}
		return Token{}, err
	}
	data, err := readFile(path)
	if err != nil {
		return Token{}, err
	}
	return f.decode(data, id), nil
}

// Update implements [Store].
func (f *FileStore) Update(ctx context.Context, id Identity, change func(Token) (Token, error)) error {
	path := f.path(id)
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if err := checkFolder(folder); err != nil {
		return err
	}
	unlock, err := lockFile(ctx, path+".lock")
	if err != nil {
		return err
	}
	defer unlock()
	return f.updateLocked(path, id, change)
}

func (f *FileStore) updateLocked(path string, id Identity, change func(Token) (Token, error)) error {
	old, err := readFile(path)
	if err != nil {
		return err
	}
	current := f.decode(old, id)
	next, err := change(current)
	switch {
	case err != nil:
		return err
	case next.IsZero():
		return removeFile(path)
	case next.sameAs(current):
		return nil
	}
	data, err := f.codec.Encode(old, id, next)
	if err != nil {
		return err
	}
	if f.decode(data, id).sameAs(current) {
		return nil // the form has no room for what is new
	}
	return writeFile(path, data)
}

func (f *FileStore) decode(data []byte, id Identity) Token {
	if data == nil {
		return Token{}
	}
	t, err := f.codec.Decode(data, id)
	if err != nil {
		return Token{} // a torn or foreign file must not keep anybody from logging in
	}
	return t
}

// lockFile takes an exclusive lock that ends with the process at the latest.
func lockFile(ctx context.Context, path string) (unlock func(), err error) {
	if _, err := regular(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	lock := flock.New(path)
	if _, err := lock.TryLockContext(ctx, lockPoll); err != nil {
		return nil, fmt.Errorf("locking %s: %w", path, err)
	}
	return func() { _ = lock.Unlock() }, nil // it fails only where the lock is gone already
}
