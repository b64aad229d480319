//! Figures as SVG, with their numbers in a table below: pure functions, no script, no inline style.
