import htmx from "htmx.org";

// The calculator works without this; with it the result follows what is typed. No code from attributes, no style of its own.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
