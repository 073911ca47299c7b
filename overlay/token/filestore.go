package token

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/natefinch/atomic"
)

const (
	maxFile   = 1 << 20               // a larger file is not a token file
	lockPoll  = 20 * time.Millisecond // between attempts to take a lock that another process holds
	openTries = 10                    // a file may be replaced between a check and its opening

	writableByOthers = 0o022 // mode bits: by the group or by everyone
)

// FileStore is a [Store] in files, for the processes of a machine, or of several if the
// file system supports locks across them. [NewCache] and [NewFileStore] make one.
//
// Each file NAME has a lock file NAME.lock, which must not be removed: if it is,
// two processes can hold the lock. Files are replaced as a whole (temporary file, fsync, rename).
// A new file gets mode 0600; an existing one keeps its mode and, if written by root,
// its owner. A missing folder is created with mode 0700. A symbolic link, or a folder
// in which others can write, is an [ErrUnsafeFile]. A file that cannot be decoded
// counts as missing.
type FileStore struct {
	path  func(Identity) string
	codec Codec
}

// NewCache returns a store in the folder dir: one file per identity, named after its
// [Identity.Key], in the format of [JSONCodec]. The folder is created when the first
// token is stored.
func NewCache(dir string) *FileStore {
	return &FileStore{
		path:  func(id Identity) string { return filepath.Join(dir, id.Key()+".json") },
		codec: JSONCodec{},
	}
}

// NewFileStore returns a store in one file, in the format of codec, such as the token
// file of a vendor's command line. Only codec sees the identity: if its format does not
// hold one, the caller must use the file with one identity only. If the format does not
// hold a [Rejection], the file is not written for one, and a rejected login is known
// only to the Source that sent it.
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
	case next.equal(current):
		return nil
	}
	data, err := f.codec.Encode(old, id, next)
	if err != nil {
		return err
	}
	if f.decode(data, id).equal(current) {
		return nil // the format does not hold what changed
	}
	return writeFile(path, data)
}

// decode returns no error: a torn or foreign file must not prevent a login.
func (f *FileStore) decode(data []byte, id Identity) Token {
	if data == nil {
		return Token{}
	}
	t, err := f.codec.Decode(data, id)
	if err != nil {
		return Token{}
	}
	return t
}

// lockFile takes an exclusive lock. The system releases it if the process ends.
func lockFile(ctx context.Context, path string) (unlock func(), err error) {
	if _, err := regular(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	lock := flock.New(path)
	if _, err := lock.TryLockContext(ctx, lockPoll); err != nil {
		return nil, fmt.Errorf("locking %s: %w", path, err)
	}
	return func() { _ = lock.Unlock() }, nil // an error means that the lock is gone already
}

// checkFolder returns an error if others could create or replace files in folder, as
// with the sticky bit too. Others may list it, since files are readable by their owner
// only. Parent folders are not checked. Windows has no such mode bits: the access list
// of the folder decides there.
func checkFolder(folder string) error {
	info, err := os.Stat(folder)
	if err != nil {
		return err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&writableByOthers != 0 {
		return fmt.Errorf("%w: others can write to the folder %s (mode %04o): run chmod 700 %[2]s, or choose another folder",
			ErrUnsafeFile, folder, info.Mode().Perm())
	}
	return nil
}

// regular does not follow symbolic links.
func regular(path string) (fs.FileInfo, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is not a regular file: replace it with one", ErrUnsafeFile, path)
	}
	return info, nil
}

// readFile returns nil if there is no file, or one that is too large.
func readFile(path string) ([]byte, error) {
	file, err := openRegular(path, os.Open)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil || len(data) > maxFile {
		return nil, err
	}
	return data, nil
}

// openRegular makes sure that the file it opened is the one it checked. They differ if
// a symbolic link was put in its place, or a new version was renamed into place: so it
// tries again.
func openRegular(path string, open func(string) (*os.File, error)) (*os.File, error) {
	for range openTries {
		checked, err := regular(path)
		if err != nil {
			return nil, err
		}
		file, err := open(path)
		if err != nil {
			return nil, err
		}
		opened, err := file.Stat()
		if err == nil && os.SameFile(checked, opened) {
			return file, nil
		}
		_ = file.Close()
	}
	return nil, fmt.Errorf("%w: %s keeps changing while it is opened", ErrUnsafeFile, path)
}

// writeFile replaces path durably. The caller holds the lock, so temporary files that
// exist were left by a process that was killed.
func writeFile(path string, data []byte) error {
	if err := removeTemporary(path); err != nil {
		return err
	}
	if err := replaceFile(path, data); err != nil {
		return err
	}
	syncFolder(filepath.Dir(path))
	return nil
}

// replaceOnce writes and syncs a temporary file beside path and renames it.
func replaceOnce(path string, data []byte) (err error) {
	prefix, suffix := temporaryName(path)
	file, err := os.CreateTemp(filepath.Dir(path), prefix+"*"+suffix)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	if info, statErr := regular(path); statErr == nil {
		err = file.Chmod(info.Mode().Perm()) // while this process still owns it
		keepOwner(file, info)
	}
	_, writeErr := file.Write(data)
	if err = errors.Join(err, writeErr, file.Sync(), file.Close()); err != nil {
		return err
	}
	return atomic.ReplaceFile(file.Name(), path)
}

// temporaryName returns what precedes and follows the digits in the name of a temporary
// file of path. No token file has such a name.
func temporaryName(path string) (prefix, suffix string) {
	return "." + filepath.Base(path) + ".", ".tmp"
}

// removeTemporary removes the temporary files of path.
func removeTemporary(path string) error {
	folder := filepath.Dir(path)
	prefix, suffix := temporaryName(path)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		digits, found := strings.CutPrefix(entry.Name(), prefix)
		digits, ends := strings.CutSuffix(digits, suffix)
		if found && ends && digits != "" && strings.Trim(digits, "0123456789") == "" {
			_ = os.Remove(filepath.Join(folder, entry.Name())) // it does no harm if it stays
		}
	}
	return nil
}

func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return removeTemporary(path)
}

// syncFolder makes a rename survive a power failure, where the system can sync folders.
func syncFolder(folder string) {
	if dir, err := os.Open(folder); err == nil {
		_ = dir.Sync()
		_ = dir.Close()
	}
}
