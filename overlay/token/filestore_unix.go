//go:build unix

package token

import (
	"io/fs"
	"os"
	"syscall"
)

func replaceFile(path string, data []byte) error { return replaceOnce(path, data) }

// keepOwner gives file the owner and group of the file that it replaces. Only root can,
// and has to: otherwise the user's command line could not read its file any more.
func keepOwner(file *os.File, replaced fs.FileInfo) {
	if stat, ok := replaced.Sys().(*syscall.Stat_t); ok {
		_ = file.Chown(int(stat.Uid), int(stat.Gid))
	}
}
