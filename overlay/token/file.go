package token

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/natefinch/atomic"
)

// maxFile bounds what is read of a token file.
const maxFile = 1 << 20

// openTries is how often a file may change between a look at it and its opening.
const openTries = 10

// On Windows a file cannot be replaced while somebody reads it, be it a virus
// scanner.
const (
	replaceTries = 20
	replacePause = 25 * time.Millisecond
)

// ErrUnsafeFile says that a token file or its lock file is not a regular file (a
// symbolic link, say), or that others than its owner can write to its folder.
var ErrUnsafeFile = errors.New("token: unsafe token file")

// regular returns the file's information without following links.
func regular(path string) (fs.FileInfo, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is not a regular file: replace it by one", ErrUnsafeFile, path)
	}
	return info, nil
}

// othersWrite are the mode bits that let the group or everybody write.
const othersWrite = 0o022

// checkFolder refuses a folder in which others could plant files or put them in the
// place of ours, a sticky one among them. That they can list it shows them names
// alone, since the files are their owner's, and the folders above do not count: they
// are the system's affair. Windows has no such mode bits; there the folder's access
// list decides.
func checkFolder(folder string) error {
	info, err := os.Stat(folder)
	if err != nil {
		return err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&othersWrite != 0 {
		return fmt.Errorf("%w: others can write to the folder %s (mode %04o): run chmod 700 %[2]s, or choose another folder",
			ErrUnsafeFile, folder, info.Mode().Perm())
	}
	return nil
}

// readFile returns nil if there is no file, or one too large to be a token file.
func readFile(path string) ([]byte, error) {
	file, err := openRegular(path)
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

// openRegular opens what it looked at: a link put there in between is another file.
// So is a new version renamed into place, which is why it looks again.
func openRegular(path string) (*os.File, error) {
	for range openTries {
		looked, err := regular(path)
		if err != nil {
			return nil, err
		}
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		opened, err := file.Stat()
		if err == nil && os.SameFile(looked, opened) {
			return file, nil
		}
		_ = file.Close()
	}
	return nil, fmt.Errorf("%w: %s keeps changing while it is opened", ErrUnsafeFile, path)
}

// writeFile replaces path as a whole and durably. Only the holder of the lock calls
// it, so temporary files that lie there were left by a process that was killed.
func writeFile(path string, data []byte) error {
	if err := removeLeftovers(path); err != nil {
		return err
	}
	err := replaceFile(path, data)
	for try := 1; err != nil && runtime.GOOS == "windows" && try < replaceTries; try++ {
		<-time.After(replacePause)
		err = replaceFile(path, data)
	}
	if err != nil {
		return err
	}
	syncFolder(filepath.Dir(path))
	return nil
}

// replaceFile writes a temporary file beside path (0600, or the mode and owner of what
// it replaces), syncs it and renames it.
func replaceFile(path string, data []byte) (err error) {
	before, after := temporaryName(path)
	file, err := os.CreateTemp(filepath.Dir(path), before+"*"+after)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	if info, lookErr := regular(path); lookErr == nil {
		err = file.Chmod(info.Mode().Perm()) // before it is somebody else's
		keepOwner(file, info)
	}
	if _, writeErr := file.Write(data); err == nil {
		err = writeErr
	}
	if syncErr := file.Sync(); err == nil {
		err = syncErr
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return atomic.ReplaceFile(file.Name(), path)
}

// temporaryName is what stands before and after the digits in the name of a
// temporary file of path. No token file is called like that, so that a sweep can
// take nobody else's.
func temporaryName(path string) (before, after string) {
	return "." + filepath.Base(path) + ".", ".tmp"
}

// removeLeftovers removes path's temporary files.
func removeLeftovers(path string) error {
	folder := filepath.Dir(path)
	before, after := temporaryName(path)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		digits, found := strings.CutPrefix(entry.Name(), before)
		digits, ends := strings.CutSuffix(digits, after)
		if found && ends && digits != "" && strings.Trim(digits, "0123456789") == "" {
			_ = os.Remove(filepath.Join(folder, entry.Name())) // if it stays, it does no harm
		}
	}
	return nil
}

func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return removeLeftovers(path)
}

// syncFolder makes a rename survive a power failure where the system can do so for
// folders; elsewhere the rename is written through or left to the system.
func syncFolder(folder string) {
	if dir, err := os.Open(folder); err == nil {
		_ = dir.Sync()
		_ = dir.Close()
	}
}
