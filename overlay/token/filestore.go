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
	"syscall"
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
// A missing folder is created with mode 0700, a missing file with 0600. A symbolic link, or
// a folder in which others can write, is an [ErrUnsafeFile]. A file that cannot be decoded
// counts as missing.
type FileStore struct {
	path    func(Identity) string
	codec   Codec
	private bool                             // a cache, whose folder and files are the user's own
	tryLock func(*flock.Flock) (bool, error) // TryLock, unless a test replaces it
}

// NewCache returns a store in the folder dir: one file per identity, named after its
// [Identity.Key], in the format of [JSONCodec]. The folder is created when the first
// token is stored. Folder and files must belong to the effective user of the process, and
// others must not be able to write to them, or they are an [ErrUnsafeFile]; files are
// always written with mode 0600.
func NewCache(dir string) *FileStore {
	f := NewFileStore("", JSONCodec{})
	f.path = func(id Identity) string { return filepath.Join(dir, id.Key()+".json") }
	f.private = true
	return f
}

// NewFileStore returns a store in one file, in the format of codec, such as the token
// file of a vendor's command line. Only codec sees the identity: if its format does not
// hold one, the caller must use the file with one identity only. If the format does not
// hold a [Rejection], the file is not written for one, and a rejected login is known
// only to the Source that sent it.
//
// The file keeps its mode. It is read, but not written, if it belongs to another user, is
// on a read-only file system, or is in a volume of Kubernetes, where it is a link to
// ..data/NAME. Such links are followed.
func NewFileStore(path string, codec Codec) *FileStore {
	return &FileStore{
		path:    func(Identity) string { return path },
		codec:   codec,
		tryLock: (*flock.Flock).TryLock,
	}
}

// Load implements [Store].
func (f *FileStore) Load(_ context.Context, id Identity) (Token, error) {
	path := f.path(id)
	if !f.isProvided(path) {
		if err := f.checkFolder(filepath.Dir(path)); err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return Token{}, nil
			}
			return Token{}, err
		}
	}
	found, err := f.read(path)
	if err != nil {
		return Token{}, err
	}
	return f.decode(found, id), nil
}

// Update implements [Store].
func (f *FileStore) Update(ctx context.Context, id Identity, change func(Token) (Token, error)) error {
	path := f.path(id)
	if f.isProvided(path) {
		return &fs.PathError{Op: "write", Path: path, Err: syscall.EROFS}
	}
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if err := f.checkFolder(folder); err != nil {
		return err
	}
	if info, err := os.Lstat(path); err == nil && !f.private && isForeign(info) {
		return fmt.Errorf("the token file belongs to another user, and is only read: %w",
			&fs.PathError{Op: "write", Path: path, Err: syscall.EPERM})
	}
	unlock, err := f.lock(ctx, path+".lock")
	if err != nil {
		return err
	}
	defer unlock()
	return f.updateLocked(path, id, change)
}

func (f *FileStore) updateLocked(path string, id Identity, change func(Token) (Token, error)) error {
	old, err := f.read(path)
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
	data, err := f.codec.Encode(old.data, id, next)
	if err != nil {
		return err
	}
	if f.decode(content{data, old.written}, id).equal(current) {
		return nil // the format does not hold what changed
	}
	return f.write(path, data)
}

// isProvided reports whether the token file was given to this process for reading only.
func (f *FileStore) isProvided(path string) bool { return !f.private && isReadOnly(path) }

// content is what a file holds; data is nil if there is none, or one that is too large.
type content struct {
	data    []byte
	written time.Time // not later than the time of reading
}

// decode returns no error: a torn or foreign file must not prevent a login.
func (f *FileStore) decode(found content, id Identity) Token {
	if found.data == nil {
		return Token{}
	}
	t, err := f.codec.Decode(found.data, id)
	if err != nil {
		return Token{}
	}
	if t.Lifetime > 0 && t.Issued.IsZero() {
		t = t.dated(found.written)
	}
	return t
}

// lock takes an exclusive lock. The system releases it if the process ends.
func (f *FileStore) lock(ctx context.Context, path string) (unlock func(), err error) {
	info, err := regular(path)
	if err == nil {
		err = f.checkFile(path, info)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	lock := flock.New(path)
	for ctx.Err() == nil {
		locked, err := f.tryLock(lock)
		if locked {
			return func() { _ = lock.Unlock() }, nil // an error means that the lock is gone already
		}
		if err != nil && !errors.Is(err, syscall.EINTR) {
			return nil, fmt.Errorf("locking %s: %w", path, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(lockPoll):
		}
	}
	return nil, fmt.Errorf("locking %s: %w", path, ctx.Err())
}

// checkFolder returns an error if others could create or replace files in folder, as
// with the sticky bit too. Others may list it, since files are readable by their owner
// only. Parent folders are not checked. Windows has no such mode bits or owners: the access
// list of the folder decides there.
func (f *FileStore) checkFolder(folder string) error {
	info, err := os.Stat(folder)
	switch {
	case err != nil:
		return err
	case f.private && isForeign(info):
		return fmt.Errorf("%w: the folder %s belongs to another user: choose another folder", ErrUnsafeFile, folder)
	case isWritableByOthers(info):
		return fmt.Errorf("%w: others can write to the folder %s (mode %04o): run chmod 700 %[2]s, or choose another folder",
			ErrUnsafeFile, folder, info.Mode().Perm())
	}
	return nil
}

// checkFile returns an error if others could have written a file of a cache.
func (f *FileStore) checkFile(path string, info fs.FileInfo) error {
	if f.private && (isForeign(info) || isWritableByOthers(info)) {
		return fmt.Errorf("%w: %s belongs to another user, or others can write to it: remove it", ErrUnsafeFile, path)
	}
	return nil
}

func isWritableByOthers(info fs.FileInfo) bool {
	return runtime.GOOS != "windows" && info.Mode().Perm()&writableByOthers != 0
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

func (f *FileStore) read(path string) (content, error) {
	open := func() (*os.File, error) { return openRegular(path, os.Open) }
	if !f.private && isInVolume(path) {
		open = func() (*os.File, error) { return os.Open(path) }
	}
	file, err := open()
	if errors.Is(err, fs.ErrNotExist) {
		return content{}, nil
	}
	if err != nil {
		return content{}, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err == nil {
		err = f.checkFile(path, info)
	}
	if err != nil {
		return content{}, err
	}
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil || len(data) > maxFile {
		return content{}, err
	}
	written := info.ModTime()
	if now := time.Now(); written.After(now) {
		written = now // the clock of a file server may be ahead
	}
	return content{data, written}, nil
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

// write replaces path durably. The caller holds the lock, so temporary files that exist
// were left by a process that was killed.
func (f *FileStore) write(path string, data []byte) error {
	if err := removeTemporary(path); err != nil {
		return err
	}
	if err := replaceFile(path, data, !f.private); err != nil {
		return err
	}
	syncFolder(filepath.Dir(path))
	return nil
}

// replaceOnce writes and syncs a temporary file beside path and renames it. The file has
// mode 0600, or keeps the mode of the file that it replaces.
func replaceOnce(path string, data []byte, keepMode bool) (err error) {
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
	if info, statErr := regular(path); statErr == nil && keepMode {
		err = file.Chmod(info.Mode().Perm())
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
