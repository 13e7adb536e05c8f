/** The function that the bundle is (build.js): it runs once for the page and once for each frame of its origin. */
declare function gate(window: Window, above: import("./above.js").Above): () => void;

/** The second parameter of that function. */
declare const above: import("./above.js").Above | undefined;

/** What the whole gate gives back when its modules have been read: it starts the gate. */
declare let begin: () => void;

/** The site's configuration, wherever its page declares it. */
declare const segmentBlockerConfig: unknown;
