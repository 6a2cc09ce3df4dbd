#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shape.hpp"

namespace reel::dagfile {

/// One of Airflow's timetable classes that is nothing but data.
struct TimetableClass {
    std::string name;                  ///< "CronTriggerTimetable"
    ShapePtr shape;                    ///< what it takes, by name
    std::string first_argument;        ///< what __args__[0] is
    bool takes_all_arguments = false;  ///< first_argument is the list of all __args__
};

[[nodiscard]] const std::vector<TimetableClass>& timetable_classes();

/// By its name alone or by a dotted path of Airflow's; null for any other.
[[nodiscard]] const TimetableClass* find_timetable_class(std::string_view path);

/// {at: …}: moments.
[[nodiscard]] const Shape& moments_shape();

}  // namespace reel::dagfile
