//go:build unix

package token

import (
	"io/fs"
	"os"
	"syscall"
)

// keepOwner gives file the owner and group of what it replaces. Only root can, and
// must: the vendor's command line could not read its own file any more.
func keepOwner(file *os.File, before fs.FileInfo) {
	if stat, ok := before.Sys().(*syscall.Stat_t); ok {
		_ = file.Chown(int(stat.Uid), int(stat.Gid))
	}
}
