package pledge_test

import (
	"github.com/datapledge/datapledge/pledge"
)

// scan is a clean scan that states overlaps.
func (w *world) scan(id string, overlaps ...pledge.ContentOverlap) pledge.ScanBody {
	return pledge.ScanBody{PledgeID: id, Result: "clean", Report: doc("scan report"), Overlaps: overlaps}
}

// alike is an asset that holds this share of the pledged one.
func alike(asset string, share int) pledge.ContentOverlap {
	return pledge.ContentOverlap{AssetID: asset, Share: share}
}
