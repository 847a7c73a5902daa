package rotera.kafka;

import java.net.InetSocketAddress;
import java.util.Optional;
import rotera.kafka.request.RequestRouter;
import rotera.kafka.wire.Budget;
import rotera.server.Log;

/**
 * What all connections have in common.
 *
 * @param advertised what clients are told to connect to, if that was said
 * @param memory for requests and responses
 * @param heap for the objects that requests are made of
 */
record SharedResources(
        RequestRouter router,
        Optional<InetSocketAddress> advertised,
        Limits limits,
        Budget memory,
        Budget heap,
        Log log) {}
