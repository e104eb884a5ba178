"""What HMRC's schedule of donations has in it: pure rules."""
