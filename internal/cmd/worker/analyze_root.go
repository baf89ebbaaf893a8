package worker

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// ErrNoSite means that a folder holds no website that can be read.
var ErrNoSite = errors.New("the folder holds no start page (index.html): a site that is made of templates or scripts " +
	"must be built first")

// siteRoot returns the folder that holds the start page: folder itself, else the one nearest to it, such as dist of a
// repository; of several equally near the one whose name comes first. Hidden folders and those of packages are not
// looked into.
func siteRoot(folder fs.FS) (fs.FS, error) {
	var roots []string
	err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules"):
			return fs.SkipDir
		case !entry.IsDir() && slices.Contains(indexFiles, entry.Name()):
			roots = append(roots, path.Dir(name))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the folder: %w", err)
	}
	if len(roots) == 0 {
		return nil, ErrNoSite
	}
	nearest := slices.MinFunc(roots, func(a, b string) int {
		return cmp.Or(cmp.Compare(depth(a), depth(b)), strings.Compare(a, b))
	})
	return fs.Sub(folder, nearest)
}

// depth is how many folders a clean path names.
func depth(name string) int {
	if name == "." {
		return 0
	}
	return 1 + strings.Count(name, "/")
}
