package sketches

import "slices"

// places are the first pages in which hashes, which are sorted, can be.
func (s *segment) places(hashes []uint64) []int32 {
	out, page := make([]int32, len(hashes)), 0
	for i, h := range hashes {
		page = s.pageOf(h, page)
		out[i] = int32(page)
	}
	return out
}

// pageOf is the first page in which a hash can be, when it is not before low.
// Hashes come in order, so it is near: steps double.
func (s *segment) pageOf(h uint64, low int) int {
	high, step := low, 1
	for high < len(s.pages) && s.pages[high] < h {
		low, high, step = high, high+step, 2*step
	}
	i, _ := slices.BinarySearch(s.pages[low:min(high, len(s.pages))], h) // the first page that begins with h or after
	return max(0, low+i-1)
}

// ahead has the system fetch the pages that were not touched yet, all at once:
// else each is waited for when its turn comes.
func (s *segment) ahead(pages []int32) {
	if s.memory == nil || s.near {
		return
	}
	last := -1
	for _, p := range pages {
		if page := int(p); page != last && !s.good(page) {
			soon(s.memory[page*pageSize:][:pageSize])
			last = page
		}
	}
}
