//go:build unix

package token

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

func replaceFile(path string, data []byte, keepMode bool) error {
	return replaceOnce(path, data, keepMode)
}

// isForeign reports whether a file belongs to another user than the effective one.
func isForeign(info fs.FileInfo) bool { return !isOwnedBy(info, os.Geteuid()) }

func isOwnedBy(info fs.FileInfo, users ...int) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && slices.Contains(users, int(stat.Uid))
}

const writeAccess = 2 // W_OK of access(2)

// isReadOnly reports whether path is on a file system that is mounted read-only, or in a
// volume of Kubernetes. Another link to a read-only file system does not count: in a folder
// in which others can write, they could have made it.
func isReadOnly(path string) bool {
	isOn := func(path string) bool { return errors.Is(syscall.Access(path, writeAccess), syscall.EROFS) }
	if isOn(filepath.Dir(path)) || isInVolume(path) {
		return true
	}
	_, err := regular(path)
	return err == nil && isOn(path) // a mounted file
}

// isInVolume reports whether path is a link to ..data/NAME, as kubelet makes them: it
// replaces the folder ..data as a whole, and would not see what is written in place of the
// link. Some releases mount these volumes writable, and their folder may have mode 1777.
// Everything on the way must belong to root or to this user, and no other user may be able
// to replace it.
func isInVolume(path string) bool {
	folder := filepath.Dir(path)
	data := filepath.Join(folder, "..data")
	target, err := os.Readlink(path)
	return err == nil && target == filepath.Join("..data", filepath.Base(path)) &&
		isTrusted(os.Stat(folder)) && isTrusted(os.Lstat(data)) && isTrusted(os.Stat(data)) &&
		isTrusted(os.Lstat(path)) && isTrusted(os.Stat(path))
}

// isTrusted looks at the mode of folders and files. That of a link means nothing.
func isTrusted(info fs.FileInfo, err error) bool {
	if err != nil || !isOwnedBy(info, 0, os.Geteuid()) {
		return false
	}
	sticky := info.IsDir() && info.Mode()&fs.ModeSticky != 0
	return sticky || info.Mode()&fs.ModeSymlink != 0 || !isWritableByOthers(info)
}
